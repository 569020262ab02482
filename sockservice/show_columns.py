"""The columns of each SHOW statement's result: label to type (MySQL 8.4 manual, 15.7.7 "SHOW Statements").

They are the same whoever answers: the chatter for a server of stubs, the embedded SQL for one with data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sockservice.answers import Column
from sockservice.sqltypes import SqlType


def labelled(columns: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns out of label to type in SQL; ``""`` is the type of a name, VARCHAR(64)."""
    return tuple(Column(label, SqlType.parse(kind or "VARCHAR(64)")) for label, kind in columns.items())


_ROUTINES: Final = {
    "Db": "",
    "Name": "",
    "Type": "VARCHAR(9)",
    "Definer": "VARCHAR(288)",
    "Modified": "TIMESTAMP",
    "Created": "TIMESTAMP",
    "Security_type": "VARCHAR(7)",
    "Comment": "TEXT",
    "character_set_client": "",
    "collation_connection": "",
    "Database Collation": "",
}
_REPLICA: Final = """Replica_IO_State Source_Host Source_User Source_Port Connect_Retry Source_Log_File
    Read_Source_Log_Pos Relay_Log_File Relay_Log_Pos Relay_Source_Log_File Replica_IO_Running Replica_SQL_Running
    Replicate_Do_DB Replicate_Ignore_DB Replicate_Do_Table Replicate_Ignore_Table Replicate_Wild_Do_Table
    Replicate_Wild_Ignore_Table Last_Errno Last_Error Skip_Counter Exec_Source_Log_Pos Relay_Log_Space Until_Condition
    Until_Log_File Until_Log_Pos Source_SSL_Allowed Source_SSL_CA_File Source_SSL_CA_Path Source_SSL_Cert
    Source_SSL_Cipher Source_SSL_Key Seconds_Behind_Source Source_SSL_Verify_Server_Cert Last_IO_Errno Last_IO_Error
    Last_SQL_Errno Last_SQL_Error Replicate_Ignore_Server_Ids Source_Server_Id Source_UUID Source_Info_File SQL_Delay
    SQL_Remaining_Delay Replica_SQL_Running_State Source_Retry_Count Source_Bind Last_IO_Error_Timestamp
    Last_SQL_Error_Timestamp Source_SSL_Crl Source_SSL_Crlpath Retrieved_Gtid_Set Executed_Gtid_Set Auto_Position
    Replicate_Rewrite_DB Channel_Name Source_TLS_Version Source_public_key_path Get_Source_public_key
    Network_Namespace""".split()

VARIABLES: Final = labelled({"Variable_name": "", "Value": "VARCHAR(1024)"})
WARNINGS: Final = labelled({"Level": "VARCHAR(7)", "Code": "INT UNSIGNED", "Message": "VARCHAR(512)"})
ENGINES: Final = labelled(
    {
        "Engine": "",
        "Support": "VARCHAR(8)",
        "Comment": "VARCHAR(80)",
        "Transactions": "VARCHAR(3)",
        "XA": "VARCHAR(3)",
        "Savepoints": "VARCHAR(3)",
    }
)
PLUGINS: Final = labelled(
    {"Name": "", "Status": "VARCHAR(10)", "Type": "VARCHAR(80)", "Library": "", "License": "VARCHAR(80)"}
)
CHARSETS: Final = labelled(
    {"Charset": "", "Description": "VARCHAR(2048)", "Default collation": "", "Maxlen": "INT UNSIGNED"}
)
COLLATIONS: Final = labelled(
    {
        "Collation": "",
        "Charset": "",
        "Id": "BIGINT UNSIGNED",
        "Default": "VARCHAR(3)",
        "Compiled": "VARCHAR(3)",
        "Sortlen": "INT UNSIGNED",
        "Pad_attribute": "VARCHAR(9)",
    }
)
PRIVILEGES: Final = labelled({"Privilege": "VARCHAR(30)", "Context": "VARCHAR(34)", "Comment": "VARCHAR(78)"})
CREATE_DATABASE: Final = labelled({"Database": "", "Create Database": "VARCHAR(1024)"})
CREATE_TABLE: Final = labelled({"Table": "", "Create Table": "VARCHAR(1024)"})
CREATE_VIEW: Final = labelled(
    {"View": "", "Create View": "VARCHAR(1024)", "character_set_client": "", "collation_connection": ""}
)
PROCESSES: Final = {
    full: labelled(
        {
            "Id": "BIGINT UNSIGNED",
            "User": "VARCHAR(32)",
            "Host": "VARCHAR(261)",
            "db": "",
            "Command": "VARCHAR(16)",
            "Time": "INT",
            "State": "",
            "Info": "LONGTEXT" if full else "VARCHAR(100)",
        }
    )
    for full in (False, True)
}
FIELDS: Final = {
    False: labelled(
        {
            "Field": "",
            "Type": "MEDIUMTEXT",
            "Null": "VARCHAR(3)",
            "Key": "VARCHAR(3)",
            "Default": "TEXT",
            "Extra": "VARCHAR(256)",
        }
    ),
    True: labelled(
        {
            "Field": "",
            "Type": "MEDIUMTEXT",
            "Collation": "",
            "Null": "VARCHAR(3)",
            "Key": "VARCHAR(3)",
            "Default": "TEXT",
            "Extra": "VARCHAR(256)",
            "Privileges": "VARCHAR(154)",
            "Comment": "TEXT",
        }
    ),
}
"""Of SHOW COLUMNS and, with True, SHOW FULL COLUMNS."""
INDEXES: Final = labelled(
    {
        "Table": "",
        "Non_unique": "INT",
        "Key_name": "",
        "Seq_in_index": "INT UNSIGNED",
        "Column_name": "",
        "Collation": "VARCHAR(1)",
        "Cardinality": "BIGINT",
        "Sub_part": "BIGINT",
        "Packed": "BINARY(0)",
        "Null": "VARCHAR(3)",
        "Index_type": "VARCHAR(11)",
        "Comment": "VARCHAR(8)",
        "Index_comment": "VARCHAR(2048)",
        "Visible": "VARCHAR(3)",
        "Expression": "LONGTEXT",
    }
)
TABLE_STATUS: Final = labelled(
    {
        "Name": "",
        "Engine": "",
        "Version": "INT",
        "Row_format": "VARCHAR(10)",
        **dict.fromkeys(
            "Rows Avg_row_length Data_length Max_data_length Index_length Data_free Auto_increment".split(),
            "BIGINT UNSIGNED",
        ),
        "Create_time": "TIMESTAMP",
        "Update_time": "DATETIME",
        "Check_time": "DATETIME",
        "Collation": "",
        "Checksum": "BIGINT",
        "Create_options": "VARCHAR(256)",
        "Comment": "TEXT",
    }
)
_EVENTS_IN_LOG: Final = {
    "Log_name": "VARCHAR(255)",
    "Pos": "BIGINT",
    "Event_type": "VARCHAR(20)",
    "Server_id": "INT",
    "End_log_pos": "BIGINT",
    "Info": "VARCHAR(256)",
}
_LOG_STATUS: Final = {
    "File": "VARCHAR(255)",
    "Position": "BIGINT",
    "Binlog_Do_DB": "VARCHAR(255)",
    "Binlog_Ignore_DB": "VARCHAR(255)",
    "Executed_Gtid_Set": "VARCHAR(255)",
}
_LOGS: Final = {"Log_name": "VARCHAR(255)", "File_size": "BIGINT", "Encrypted": "VARCHAR(3)"}
_REPLICAS: Final = {
    "Server_Id": "INT",
    "Host": "VARCHAR(20)",
    "Port": "INT",
    "Source_Id": "INT",
    "Replica_UUID": "VARCHAR(40)",
}

EMPTY: Final[dict[tuple[str, ...], tuple[Column, ...]]] = {
    words: labelled(columns)
    for words, columns in {
        ("function", "status"): _ROUTINES,
        ("procedure", "status"): _ROUTINES,
        ("package", "status"): _ROUTINES,
        ("package", "body", "status"): _ROUTINES,
        ("open", "tables"): {"Database": "", "Table": "", "In_use": "BIGINT", "Name_locked": "BIGINT"},
        ("events",): {
            "Db": "",
            "Name": "",
            "Definer": "VARCHAR(288)",
            "Time zone": "",
            "Type": "VARCHAR(9)",
            "Execute at": "DATETIME",
            "Interval value": "VARCHAR(256)",
            "Interval field": "VARCHAR(18)",
            "Starts": "DATETIME",
            "Ends": "DATETIME",
            "Status": "VARCHAR(21)",
            "Originator": "INT UNSIGNED",
            "character_set_client": "",
            "collation_connection": "",
            "Database Collation": "",
        },
        ("triggers",): {
            "Trigger": "",
            "Event": "VARCHAR(6)",
            "Table": "",
            "Statement": "LONGTEXT",
            "Timing": "VARCHAR(6)",
            "Created": "TIMESTAMP(2)",
            "sql_mode": "VARCHAR(520)",
            "Definer": "VARCHAR(288)",
            "character_set_client": "",
            "collation_connection": "",
            "Database Collation": "",
        },
        ("master", "status"): _LOG_STATUS,
        ("binary", "log", "status"): _LOG_STATUS,
        ("binlog", "status"): _LOG_STATUS,
        ("replica", "status"): dict.fromkeys(_REPLICA, ""),
        ("slave", "status"): dict.fromkeys(_REPLICA, ""),
        ("all", "slaves", "status"): dict.fromkeys(_REPLICA, ""),
        ("binary", "logs"): _LOGS,
        ("master", "logs"): _LOGS,
        ("replicas",): _REPLICAS,
        ("slave", "hosts"): _REPLICAS,
        ("binlog", "events"): _EVENTS_IN_LOG,
        ("relaylog", "events"): _EVENTS_IN_LOG,
        ("profiles",): {"Query_ID": "INT UNSIGNED", "Duration": "DOUBLE", "Query": "VARCHAR(300)"},
        ("profile",): {"Status": "VARCHAR(30)", "Duration": "DECIMAL(9,6)"},
    }.items()
}
"""The statements that have nothing to show here, by the words after SHOW."""
ENGINE_STATUS: Final = labelled({"Type": "VARCHAR(10)", "Name": "VARCHAR(512)", "Status": "LONGTEXT"})
