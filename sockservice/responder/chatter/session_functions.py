"""Functions about the session and the server (MySQL 8.4 manual, 14.15 "Information Functions")."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from sockservice.answers import Request
from sockservice.responder.chatter.cells import Cell, integer, text
from sockservice.responder.chatter.function_table import FunctionTable

FUNCTIONS: Final = FunctionTable()
"""Every function of this module."""


@FUNCTIONS.add("version")
def _version(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(request.session.server.version)


@FUNCTIONS.add("database schema")
def _database(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(request.session.database or None, 34)


@FUNCTIONS.add("user session_user system_user")
def _user(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(f"{request.session.user}@{request.session.host}", 288)


@FUNCTIONS.add("current_user")
def _account(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(request.session.current_user, 288)


@FUNCTIONS.add("current_role")
def _role(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text("NONE", 1024)


@FUNCTIONS.add("connection_id")
def _connection_id(request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(request.session.connection_id)


@FUNCTIONS.add("last_insert_id", 0, 1)
def _last_insert_id(request: Request, arguments: Sequence[Cell]) -> Cell:
    if arguments:
        request.session.variables["last_insert_id"] = arguments[0].value
        return arguments[0]
    return integer(request.session.variables.get("last_insert_id", 0))


@FUNCTIONS.add("row_count")
def _row_count(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(-1)  # what follows a result set; the chatter sees no other answers


@FUNCTIONS.add("found_rows")
def _found_rows(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return integer(1)


@FUNCTIONS.add("uuid")
def _uuid(_request: Request, _arguments: Sequence[Cell]) -> Cell:
    return text(str(uuid.uuid1()), 36)
