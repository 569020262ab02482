"""Functions of MySQL 8.4 that are not here: calls of them are answered with error 1305."""

from __future__ import annotations

from typing import Final

MISSING: Final = {
    "spatial functions, ST_… and MBR…": "geometry st_astext st_geomfromtext point linestring polygon geomcollection",
    "documents of XML": "extractvalue updatexml",
    "schemas of JSON": "json_schema_valid json_schema_validation_report",
    "replication": "gtid_subset gtid_subtract wait_for_executed_gtid_set source_pos_wait master_pos_wait",
    "digests of statements": "statement_digest statement_digest_text",
    "the server's own catalogue": "can_access_column can_access_database can_access_table roles_graphml ps_thread_id",
    "components": "validate_password_strength asymmetric_encrypt audit_log_read mysql_query_attribute_string",
}
"""What they are about, and the names of the best known."""
