"""What is not there: it is listed, and refused as MySQL refuses what it does not know."""

from __future__ import annotations

import pytest
from evaluation import Evaluation

from sockservice.sql.expressions import SPECIAL
from sockservice.sql.registry import FUNCTIONS

MISSING = {
    "spatial functions, ST_… and MBR…": "geometry st_astext st_geomfromtext point linestring polygon geomcollection",
    "documents of XML": "extractvalue updatexml",
    "schemas of JSON": "json_schema_valid json_schema_validation_report",
    "replication": "gtid_subset gtid_subtract wait_for_executed_gtid_set source_pos_wait master_pos_wait",
    "digests of statements": "statement_digest statement_digest_text",
    "the server's own catalogue": "can_access_column can_access_database can_access_table roles_graphml ps_thread_id",
    "components": "validate_password_strength asymmetric_encrypt audit_log_read mysql_query_attribute_string",
}
"""What functions of MySQL 8.4 that are not here are about, and the names of the best known."""

_NAMES = [name for names in MISSING.values() for name in names.split()]


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_listed_is_missing(name: str) -> None:
    assert name not in FUNCTIONS
    assert name not in SPECIAL


def test_a_function_that_is_missing_is_unknown(evaluate: Evaluation) -> None:
    answer = evaluate.client.error("SELECT EXTRACTVALUE('<a/>', '/a')")
    assert answer.message == "FUNCTION shop.EXTRACTVALUE does not exist"
