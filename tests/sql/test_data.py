"""The data of workspaces: made at need, apart from one another, reset to their beginning, kept in a folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from embedded import FakeSession
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from sockservice.answers import Error, Ok, Request, Rows
from sockservice.errors import ConfigurationError
from sockservice.responder.chatter import Chatter
from sockservice.sql import Data, Databases, DataFolder
from sockservice.sql.data_folder import FILE, folder_name


@attrs.define
class Asker:
    """A session that asks one workspace's data."""

    data: Data
    session: Any = attrs.field(factory=lambda: FakeSession(database="test"))

    def ask(self, text: str, command: str = "query") -> Any:
        answer = self.data.respond(Request(command, text, self.session))
        while isinstance(answer, Deferred) and answer.called:
            answer = answer.result
        return answer

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        answer = self.ask(text)
        assert isinstance(answer, Rows), answer
        return [tuple(row) for row in answer.rows]

    def ok(self, text: str) -> None:
        assert isinstance(self.ask(text), Ok), text


class Server:
    """Databases as a server has them, which several may be in one test."""

    def __init__(self) -> None:
        self.made: list[Databases] = []

    def __call__(self, folder: Path | None = None, names: tuple[str, ...] = ("test",)) -> Databases:
        kept = None if folder is None else DataFolder(folder)
        made = Databases(lambda: names, Chatter(), Clock(), folder=kept)
        made.open()
        self.made.append(made)
        return made


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    for databases in found.made:
        databases.close()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "/* ping */ select 1;",
        "SELECT @@version_comment LIMIT 1",
        "SELECT DATABASE(), user()",
        "SET NAMES utf8mb4",
        "SET autocommit=0",
        "SET @@session.sql_mode = 'ANSI'",
        "SHOW VARIABLES LIKE 'sql_mode'",
        "COMMIT",
    ],
)
def test_what_drivers_say_makes_no_store(server: Server, text: str) -> None:
    data = server().of("")
    assert not isinstance(Asker(data).ask(text), (Error, type(None)))
    assert data._sql is None


@pytest.mark.parametrize(
    "text", ["SELECT 1 FROM t", "SET @a = 1", "BEGIN", "SET SESSION TRANSACTION READ ONLY", "SELECT SLEEP(0)"]
)
def test_what_may_need_tables_or_transactions_is_for_the_database(server: Server, text: str) -> None:
    data = server().of("")
    Asker(data).ask(text)
    assert data._sql is not None


def test_the_reader_of_sql_is_imported_at_need() -> None:
    program = (
        "import sys; import sockservice.plugins.mysql; "
        "found = [name for name in ('sqlglot', 'sqlite3', 'sockservice.sql.store') if name in sys.modules]; "
        "sys.exit(f'imported: {found}' if found else 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_session_may_begin_in_a_database_that_is_there_and_in_no_other(server: Server) -> None:
    asker = Asker(server(names=("test", "shop")).of("w1"))
    assert asker.ask("shop@w1", "init_db") == Ok()
    assert asker.ask("shopp", "init_db").code == 1049


def test_workspaces_do_not_see_each_other(server: Server) -> None:
    databases = server()
    first, second = Asker(databases.of("")), Asker(databases.of("w1"))
    first.ok("CREATE TABLE t (id INT PRIMARY KEY)")
    assert second.ask("SELECT * FROM t").code == 1146


def test_reset_puts_back_what_the_seeds_made(server: Server, tmp_path: Path) -> None:
    seed = tmp_path / "seed.sql"
    seed.write_text("CREATE TABLE t (id INT PRIMARY KEY);\nINSERT INTO t VALUES (1);\n")
    databases = server()
    databases.seed([seed], FakeSession().server)
    asker = Asker(databases.of(""))
    asker.ok("INSERT INTO t VALUES (2)")
    asker.data.reset()
    assert asker.rows("SELECT id FROM t") == [(1,)]


def test_reset_ends_transactions_and_lets_go_who_waits_for_them(server: Server) -> None:
    data = server().of("")
    first, second = Asker(data), Asker(data)
    first.ok("CREATE TABLE t (id INT PRIMARY KEY, n INT)")
    first.ok("INSERT INTO t VALUES (1, 0)")
    first.ok("BEGIN")
    first.ok("UPDATE t SET n = 1")
    waiting = second.data.respond(Request("query", "UPDATE t SET n = 2", second.session))
    assert isinstance(waiting, Deferred)
    assert not waiting.called
    data.reset()
    assert waiting.called
    assert not first.session.in_transaction
    assert first.ask("SELECT * FROM t").code == 1146


def test_a_seed_that_fails_names_its_line(server: Server, tmp_path: Path) -> None:
    seed = tmp_path / "seed.sql"
    seed.write_text("CREATE TABLE t (id INT PRIMARY KEY);\nINSERT INTO tt VALUES (1);\n")
    with pytest.raises(ConfigurationError, match=r"seed\.sql:2:1: error 1146"):
        server().seed([seed], FakeSession().server)


def test_stores_and_their_folders_are_gone_when_the_workspace_is(server: Server) -> None:
    data = server().of("w1")
    asker = Asker(data)
    asker.ok("CREATE TABLE t (id INT)")
    folder = Path(asker.data._sql.store.readers._path).parent
    assert folder.exists()
    data.close()
    assert not folder.exists()


# --- kept in a folder -------------------------------------------------------------------------


def test_a_folder_keeps_the_data_of_each_workspace(server: Server, tmp_path: Path) -> None:
    before = server(tmp_path / "kept")
    for name in ("", "w1"):
        asker = Asker(before.of(name))
        asker.ok("CREATE TABLE t (name VARCHAR(9))")
        asker.ok(f"INSERT INTO t VALUES ('in {name}')")
    before.close()
    after = server(tmp_path / "kept")
    assert Asker(after.of("")).rows("SELECT name FROM t") == [("in ",)]
    assert Asker(after.of("w1")).rows("SELECT name FROM t") == [("in w1",)]


def test_what_was_not_committed_is_undone_at_the_next_start(server: Server, tmp_path: Path) -> None:
    before = server(tmp_path)
    asker = Asker(before.of(""))
    asker.ok("CREATE TABLE t (id INT PRIMARY KEY)")
    asker.ok("INSERT INTO t VALUES (1)")
    asker.ok("BEGIN")
    asker.ok("INSERT INTO t VALUES (2)")
    before.close()
    assert Asker(server(tmp_path).of("")).rows("SELECT id FROM t") == [(1,)]


def test_reset_of_kept_data_removes_them(server: Server, tmp_path: Path) -> None:
    asker = Asker(server(tmp_path).of(""))
    asker.ok("CREATE TABLE t (id INT)")
    asker.data.reset()
    assert not (tmp_path / FILE).exists()
    assert asker.ask("SELECT * FROM t").code == 1146


def test_a_second_server_is_refused(server: Server, tmp_path: Path) -> None:
    server(tmp_path)
    with pytest.raises(ConfigurationError, match=r"another server \(process \d+\) has this folder; end that one"):
        server(tmp_path)


@pytest.mark.parametrize(("name", "message"), [("file", "is no folder"), ("a/b", "in a folder that does not exist")])
def test_a_folder_that_cannot_be_is_a_clear_mistake(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=message):
        DataFolder(tmp_path / name)


@pytest.mark.parametrize("name", ["w1", "..", "a/b", "../../etc", "\0", "Ä" * 64, "x" * 64, "\udcff"])
def test_the_folder_of_a_workspace_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    place = DataFolder(tmp_path).place(name)
    assert place.parent == tmp_path / "workspaces"
    assert place.resolve() == place


def test_no_two_workspaces_share_a_folder() -> None:
    names = ["", "a", "A", "a.", "a%2E", "ä" * 64, "ä" * 63 + "a"]
    assert len({folder_name(name) for name in names}) == len(names)


# --- the first statement ----------------------------------------------------------------------


def test_the_first_statement_waits_for_the_reader_of_sql_in_a_thread_and_others_do_not() -> None:
    imports: list[Deferred[None]] = []

    def run_in_thread(_work: Any) -> Deferred[None]:
        imports.append(Deferred())
        return imports[-1]

    databases = Databases(lambda: ("test",), Chatter(), Clock(), run_in_thread)
    first, second = Asker(databases.of("")), Asker(databases.of(""))
    waiting = first.ask("CREATE TABLE t (id INT)")
    assert isinstance(waiting, Deferred)
    assert second.rows("SELECT 1") == [(1,)]
    imports[0].callback(None)
    assert waiting.result == Ok()
    assert first.rows("SELECT id FROM t") == []
    databases.close()
