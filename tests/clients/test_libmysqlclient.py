from __future__ import annotations

import sys
from pathlib import Path

from installed import script
from process_client import ProgramProtocol


class TestLibmysqlclient(ProgramProtocol):
    """Oracle's library in C, through mysql-connector-python."""

    command = script(sys.executable, Path(__file__).with_name("programs") / "libmysqlclient.py")
    absent = {
        "cursor": "the connector asks for no cursor of the server",
        "zstd": "the connector does not ask for it",
        "client_ed25519": "it does not have the plugin",
    }
    bugs = {
        "test_login_by_each_plugin_over_a_unix_socket[mysql_clear_password]": "the connector does this over TLS only",
        "test_a_prepared_statement_gives_values_as_they_are[integers]": "it takes all integers for signed",
        "test_a_parameter_arrives_as_it_is[double]": "it sends a FLOAT for every float",
        "test_a_parameter_arrives_as_it_is[large double]": "it sends a FLOAT for every float",
        "test_a_parameter_arrives_as_it_is[all bytes]": "it takes bytes for a text",
        "test_a_statement_runs_again_with_other_parameters": "it takes bytes for a text",
        "test_a_parameter_arrives_as_it_is[time]": "it reads no TIME of a parameter",
        "test_a_parameter_arrives_as_it_is[least time]": "it reads no TIME of a parameter",
        "test_a_parameter_arrives_as_it_is[exact time]": "it reads no TIME of a parameter",
    }
    alters_prepared = {
        "t_bigint_unsigned": "it takes all integers for signed",
        "t_bit": "it makes an integer of it",
        "t_set": "it makes a set of it",
    }
