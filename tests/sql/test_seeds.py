"""Files that run at the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from embedded import Embedded
from sessions import FakeServer
from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs, formatEvent

from sockservice.errors import ConfigurationError
from sockservice.responder.chatter import Chatter
from sockservice.sql.seeds import Seeds
from sockservice.sql.store import Store


@pytest.fixture
def seeds() -> Iterator[Callable[..., Seeds]]:
    """Makes seeds of files, which are closed at the end."""
    made: list[Seeds] = []

    def make(*paths: Path) -> Seeds:
        made.append(Seeds(paths, ["test"], Chatter(), FakeServer()))
        return made[-1]

    yield make
    for each in made:
        each.close()


def written(folder: Path, text: str, name: str = "seed.sql") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_store_begins_with_what_the_files_made(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    first = written(
        tmp_path, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT);\nINSERT INTO t (v) VALUES ('é😀');"
    )
    second = written(
        tmp_path, "SET @x = 5; INSERT INTO t (v) VALUES (@x);\nCREATE DATABASE other; USE other;", "second.sql"
    )
    third = written(tmp_path, "INSERT INTO t (v) SELECT v FROM t WHERE id = 1;", "third.sql")
    made = seeds(first, second, third)
    made.run()
    for _ in range(2):
        store = Store(None, Clock(), template=made.file)
        database = Embedded()
        database.store.close()
        database.store = store
        client = database.client(database="test")
        assert client.rows("SELECT v FROM t ORDER BY id") == [("é😀",), ("5",), ("é😀",)]
        assert client.ok("INSERT INTO t (v) VALUES ('z')").last_insert_id == 4
        assert "other" in store.catalog.databases
        store.close()


def test_a_statement_that_fails_is_told_with_its_place(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    path = written(tmp_path, "-- all is well\nCREATE TABLE t (id INT);\n\nINSERT INTO t\nVALUES (1, 2);\n")
    with pytest.raises(ConfigurationError) as caught:
        seeds(path).run()
    assert str(caught.value) == f"{path}:4:1: error 1136 (21S01): Column count doesn't match value count at row 1"


def test_programs_are_left_out_with_a_warning(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """CREATE TABLE t (id INT);
/*!50003 SET @saved_sql_mode = @@sql_mode */ ;
/*!50003 SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON t
FOR EACH ROW BEGIN SET NEW.id = 5; END */;;
/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`localhost`*/ /*!50106 EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1 */;;
CREATE DEFINER=`root`@`localhost` PROCEDURE p() SELECT 1 ;;
CREATE FUNCTION f() RETURNS INT RETURN 3;;
DELIMITER ;
/*!50003 SET sql_mode = @saved_sql_mode */ ;
INSERT INTO t VALUES (1);
""",
    )
    with capturedLogs() as events:
        seeds(path).run()
    told = [str(formatEvent(event)) for event in events if event["log_level"] is LogLevel.warn]
    assert [line.removeprefix(f"{path}:").partition(":")[0] for line in told] == ["5", "7", "8", "9"]
    assert all(": left out: error 1235 (42000): " in line for line in told)


def test_a_statement_that_nobody_knows_is_told_with_its_place(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    path = written(tmp_path, "\nFROBNICATE;")
    with pytest.raises(ConfigurationError) as caught:
        seeds(path).run()
    assert str(caught.value).startswith(f"{path}:2:1: error 1064 (42000): You have an error")


def test_a_file_that_is_not_there(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used as a seed: No such file or directory"):
        seeds(tmp_path / "nothing.sql").run()


def test_what_is_not_committed_is_undone(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    made = seeds(written(tmp_path, "CREATE TABLE t (id INT); BEGIN; INSERT INTO t VALUES (1);"))
    made.run()
    store = Store(None, Clock(), template=made.file)
    ((key,),) = [(table.key,) for table in store.catalog.every_table()]
    assert store.main.rows(f'SELECT COUNT(*) FROM "{key}"') == [(0,)]
    store.close()


def test_values_of_generated_columns_are_passed_over(seeds: Callable[..., Seeds], tmp_path: Path) -> None:
    text = "CREATE TABLE t (a INT, b INT AS (a * 2)); INSERT INTO t VALUES (2, 99);"
    made = seeds(written(tmp_path, text))
    made.run()
    store = Store(None, Clock(), template=made.file)
    ((key,),) = [(table.key,) for table in store.catalog.every_table()]
    assert store.main.rows(f'SELECT b FROM "{key}"') == [(4,)]
    store.close()


def test_how_far_a_long_file_is_is_told(
    seeds: Callable[..., Seeds], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr("sockservice.sql.seeds.PROGRESS", 0.0)
    monkeypatch.setattr(Seeds, "_log", type("Log", (), {"info": lambda self, text, **fields: told.append(fields)})())
    seeds(written(tmp_path, "SELECT 1;\nSELECT 2;\n")).run()
    assert [each.get("count") for each in told] == [1, 2, 2]
    assert told[0]["percent"] == 50
