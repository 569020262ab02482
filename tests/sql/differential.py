"""Compare a running server with a fresh MariaDB, statement by statement.

    python tests/sql/differential.py --port 3306
    python tests/sql/differential.py --port 3306 --only types --only joins
    python tests/sql/differential.py --port 3306 --conflicts

Prints, theme by theme, the statements that the two answer differently, and a summary; ends with 1 if there are any.
Run as a program only: a module of the same name belongs to the tests of the protocol.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pymysql

sys.path += [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "clients")]

import attrs
from comparison import Verdict, judge
from conflict_scenarios import SCENARIOS
from conflicts import run
from corpus import CorpusMistake, read_corpus
from fresh_mariadb import fresh_mariadb
from outcomes import Address, play
from servers import PATIENCE


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Compare a running server with a fresh MariaDB.")
    parser.add_argument("--port", type=int, required=True, help="of the server to compare, on 127.0.0.1")
    parser.add_argument("--user", default="root", help="who logs in there (root)")
    parser.add_argument("--password", default="", help="the user's password (none)")
    parser.add_argument("--only", action="append", metavar="THEME", help="a file of the corpus; may be repeated")
    parser.add_argument("--session", default="", metavar="TEXT", help="only sessions with this in their name")
    parser.add_argument("--reference", type=int, metavar="PORT", help="a MariaDB that runs, instead of a fresh one")
    parser.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS", help="for one answer (5)")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="differences to print of each theme (20)")
    parser.add_argument("--known", action="store_true", help="print the reasons of the known differences")
    parser.add_argument("--conflicts", action="store_true", help="run the conflicting transactions, not the corpus")
    return parser.parse_args()


@contextmanager
def reference_server(port: int | None) -> Iterator[Address]:
    """The MariaDB that runs at a port, or a fresh one."""
    if port is not None:
        yield Address(port, patience=PATIENCE)
    else:
        with fresh_mariadb() as address:
            yield address


def is_mysql(address: Address) -> bool:
    """Whether a server says that it is a MySQL, not a MariaDB.

    Raises:
        SystemExit: nobody is there, or refuses the login.
    """
    try:
        connection = address.connect()
    except (pymysql.MySQLError, OSError) as error:
        raise SystemExit(f"127.0.0.1:{address.port}: {error}") from error
    with connection:
        return "mariadb" not in connection.get_server_info().lower()


def show(theme: str, verdicts: list[Verdict], limit: int) -> None:
    """Print what differs in a theme."""
    agreeing, statements = (sum(getattr(verdict, name) for verdict in verdicts) for name in ("agreeing", "statements"))
    differences = [difference for verdict in verdicts for difference in verdict.differences]
    print(f"{theme}: {agreeing} of {statements} statements agree", flush=True)
    for difference in differences[:limit]:
        print(f"\n{difference}")
    if len(differences) > limit:
        print(f"\n  … and {len(differences) - limit} more of {theme} (--show {len(differences)})")
    if differences:
        print()


def corpus(options: argparse.Namespace, candidate: Address, mysql: bool) -> bool:
    """Compare the corpus; whether nothing differs."""
    sessions = [session for session in read_corpus(options.only) if options.session.lower() in session.name.lower()]
    verdicts: list[Verdict] = []
    with reference_server(options.reference) as reference:
        played = (judge(session, play(session, reference), play(session, candidate), mysql) for session in sessions)
        for theme, group in groupby(played, lambda verdict: verdict.session.theme):
            of_theme = list(group)
            show(theme, of_theme, options.show)
            verdicts += of_theme
    statements, agreeing = (sum(getattr(verdict, name) for verdict in verdicts) for name in ("statements", "agreeing"))
    known = Counter(reason for verdict in verdicts for reason in verdict.known)
    clean = sum(not verdict.differences for verdict in verdicts)
    print(f"\n{clean} of {len(sessions)} sessions, {agreeing} of {statements} statements agree;", end=" ")
    print(f"{statements - agreeing} differ; {known.total()} known differences are not counted")
    if options.known:
        for reason, count in known.most_common():
            print(f"{count:6} {reason}")
    return clean == len(sessions)


def conflicts(candidate: Address) -> bool:
    """Run the conflicts; whether all end as they should."""
    wrong = 0
    for scenario in SCENARIOS:
        mistakes = run(scenario, attrs.evolve(candidate, patience=PATIENCE))
        wrong += bool(mistakes)
        print(f"{'differs' if mistakes else 'agrees '} {scenario.name}", flush=True)
        for mistake in mistakes:
            print(f"    {mistake}")
    print(f"\n{len(SCENARIOS)} conflicts: {len(SCENARIOS) - wrong} agree, {wrong} differ")
    return not wrong


def main() -> int:
    """Run the command line; the exit code."""
    options = arguments()
    candidate = Address(options.port, user=options.user, password=options.password, patience=options.timeout)
    mysql = is_mysql(candidate)
    try:
        return 0 if (conflicts(candidate) if options.conflicts else corpus(options, candidate, mysql)) else 1
    except CorpusMistake as mistake:
        print(mistake, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
