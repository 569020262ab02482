"""The MySQL service: its options, and how its parts are joined: sockets, protocol and what answers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.plugin import IPlugin
from twisted.python.usage import Options, UsageError
from zope.interface import implementer

from sockservice.answers import OWN_COMMANDS
from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.interfaces import IHost, IRefusingService, IResponder, IStreamService
from sockservice.mysql import DEFAULT_VERSION, Server, read_accounts
from sockservice.plugins._journal_option import journal_lines
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.plugins._stub_files import followed_stubs
from sockservice.responder import (
    CHATTER,
    FALLBACK,
    SQL,
    Chatter,
    Explained,
    Journal,
    Source,
    Unmatched,
    Workspace,
    Workspaces,
)
from sockservice.responder.journal import BYTES, ENTRIES, OTHERS
from sockservice.responder.unmatched import FALLBACKS, RESERVED
from sockservice.responder.workspaces import WORKSPACES
from sockservice.sql import Databases, DataFolder

__all__ = ["MySQL", "MySQLFactory", "MySQLOptions"]

T = TypeVar("T")


def _entries(text: str) -> int:
    return _whole_number(text, 1_000_000)


def _workspaces(text: str) -> int:
    return _whole_number(text, 100_000)


def _whole_number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most):
        raise ValueError(f"{text!r} is not a whole number from 0 to {most:,}")
    return int(text)


class MySQLOptions(Options):
    """What may stand after ``mysql`` on the command line."""

    optParameters = [
        ["database", None, "test", "a database that exists from the start"],
        ["data", None, None, "a folder that keeps the data; without it they are gone at the end"],
        [
            "fallback",
            None,
            "",
            "what answers when no stub does: sql, the embedded database (the default); error; empty",
        ],
        ["server-version", None, DEFAULT_VERSION, "the version that the greeting names, for example 8.0.36"],
        ["journal", None, ENTRIES, "how many requests each journal keeps; 0 keeps none", _entries],
        ["journal-file", None, None, "a file that each request is appended to, as a line of JSON"],
        ["workspaces", None, WORKSPACES, "how many workspaces there may be beside the default one", _workspaces],
        ["tls", None, None, "offer TLS: self-signed, or CERT.pem:KEY.pem (one file may hold both: BOTH.pem)"],
    ]
    optFlags = [
        ["require-tls", None, "refuse clients over plain TCP with error 3159"],
        ["no-control", None, "leave statements about the database sockservice to the stubs"],
        ["no-watch", None, "read the stub files again at SIGHUP only, not when they change"],
    ]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["stubs"] = []
        self["seeds"] = []
        self["accounts"] = []
        self["faults"] = []
        self._accounts: list[str] = []

    def opt_stubs(self, path: str) -> None:
        """A stub file, or a folder of stub files. Repeatable."""
        self["stubs"].append(path)

    def opt_seed(self, path: str) -> None:
        """A file of SQL that runs at the start. Repeatable."""
        self["seeds"].append(path)

    def opt_account(self, account: str) -> None:
        """USER:PASSWORD that may log in. Repeatable; none given = every login is accepted.

        Settings stand behind the user: USER,plugin=NAME,host=10.%,database=NAME,tls,full:PASSWORD.
        """
        self._accounts.append(account)
        try:
            self["accounts"] = read_accounts(self._accounts)
        except ValueError as mistake:
            raise UsageError(f"--account {mistake}") from mistake

    def opt_fault(self, fault: str) -> None:
        """A fault that is armed from the start: NAME, NAME:VALUE or NAME:PARAMETER=VALUE,… Repeatable.

        For example deadlock:times=2,user=app or hang:5s; docs/reference/faults.md has all names.
        """
        # Without faults and stub files nothing of them is imported: a tenth of the time to start.
        from sockservice.responder.faults.fault_option import read_fault_option

        try:
            self["faults"].append(read_fault_option(fault))
        except ValueError as mistake:
            raise UsageError(f"--fault {fault}: {mistake}") from mistake

    def opt_print_schema(self) -> NoReturn:
        """Print the JSON Schema of stub files, for editors, and exit."""
        from sockservice.responder.stub_schema import schema_text

        print(schema_text(), end="")  # noqa: T201
        raise SystemExit(0)

    def postOptions(self) -> None:
        """Refuse a fallback that does not exist, and what nobody could log in to."""
        fallback = self["fallback"]
        if fallback in RESERVED:
            raise UsageError(f"--fallback {fallback} is not supported yet; known: {', '.join(FALLBACKS)}")
        if fallback and fallback not in FALLBACKS:
            raise UsageError(f"--fallback {fallback} is not known{did_you_mean(fallback, FALLBACKS)}")
        if self["require-tls"] and self["tls"] is None:
            raise UsageError("--require-tls needs --tls, for example --tls self-signed")


@implementer(IPlugin, IStreamService, IRefusingService)
class MySQL:
    """The plugin."""

    name = "mysql"
    summary = "a MySQL with an embedded database, stubs and faults"
    default_port = 3306
    options = MySQLOptions

    def stream_factory(self, host: IHost) -> MySQLFactory:
        """The service as its options describe it; reads the stub files, again when they change."""
        options: Any = host.options
        mistakes: list[ConfigurationError] = []

        def part(make: Callable[[IHost], T]) -> T | None:
            """What some options ask for; where it cannot be had, that is told with the mistakes of the others."""
            try:
                return make(host)
            except ConfigurationError as error:
                mistakes.extend(error.mistakes)
                return None

        tls, stubs, lines, folder = part(self._tls), part(followed_stubs), part(journal_lines), part(self._folder)
        if stubs is None or mistakes:
            raise ConfigurationError.together(mistakes)
        server = Server(
            accounts=options["accounts"],
            version=options["server-version"],
            tls=tls is not None,
            require_tls=bool(options["require-tls"]),
            asks=OWN_COMMANDS,
        )

        def names() -> tuple[str, ...]:
            return (options["database"], *stubs.current.databases)

        chatter = Chatter(databases=names)
        unmatched = Unmatched(stubs, fallback=options["fallback"])
        databases = Databases(names, chatter, host.reactor, host.in_thread, folder)
        databases.seed([host.path(path) for path in options["seeds"]], server)

        def begin() -> None:
            databases.open()
            host.reactor.addSystemEventTrigger("after", "shutdown", databases.close)

        def workspace(name: str) -> Workspace:
            data = databases.of(name)
            behind: tuple[tuple[Source, IResponder], ...] = ((CHATTER, chatter), (FALLBACK, unmatched))
            if (options["fallback"] or stubs.current.fallback or FALLBACKS[0]) == "sql":
                behind = ((SQL, Explained(data, unmatched)), (FALLBACK, unmatched))
            record = None if lines is None else functools.partial(lines.add, name)
            journal = Journal(
                server.clock, entries=options["journal"], size=BYTES if not name else OTHERS, record=record
            )
            control = not options["no-control"]
            faults = options["faults"]
            return Workspace(name, stubs, behind, host.reactor, journal, control=control, faults=faults, data=data)

        workspaces = Workspaces(workspace, server.sessions, most=options["workspaces"])
        endings = [workspaces.close, *([lines.end] if lines else [])]
        return MySQLFactory(server, workspaces, host.reactor, tls, endings, [begin])

    def _folder(self, host: IHost) -> DataFolder | None:
        """Where the data are kept, if they are."""
        name: str | None = host.options["data"]
        return None if name is None else DataFolder(host.path(name))

    def _tls(self, host: IHost) -> IOpenSSLServerConnectionCreator | None:
        """What makes TLS connections, where it is asked for."""
        text: str | None = host.options["tls"]
        if text is None:
            return None
        # OpenSSL takes longer to import than all the rest.
        from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate

        if text == "self-signed":
            return SelfSignedCertificate()
        certificate, _, key = text.partition(":")
        files = ReloadingCertificate(host.path(certificate), host.path(key or certificate))
        host.on_reload(files.reload)
        return files

    def refusal(self) -> bytes:
        """Error 1040, as MySQL sends it in place of its greeting."""
        return Server.too_many_connections()


mysql = MySQL()
