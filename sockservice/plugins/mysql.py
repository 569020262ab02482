"""The MySQL service: its options, and how its parts are joined: sockets, protocol and what answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.internet.threads import deferToThreadPool
from twisted.plugin import IPlugin
from twisted.python.usage import Options, UsageError
from zope.interface import implementer

from sockservice.interfaces import IHost, IRefusingService, IResponder, IStreamService
from sockservice.mysql import DEFAULT_VERSION, Server, read_accounts
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.responder import CHATTER, FALLBACK, Chatter, Journal, Source, Stubs, Unmatched, Workspace, Workspaces

__all__ = ["MySQL", "MySQLFactory", "MySQLOptions"]


class MySQLOptions(Options):
    """What may stand after ``mysql`` on the command line."""

    optParameters = [
        ["database", None, "test", "a database that exists from the start"],
        ["fallback", None, "error", "what answers when no stub does: error, or sql: a database in memory"],
        ["server-version", None, DEFAULT_VERSION, "the version that the greeting names, for example 8.0.36"],
        ["tls", None, None, "offer TLS: self-signed, or CERT.pem:KEY.pem (one file may hold both: BOTH.pem)"],
    ]
    optFlags = [["require-tls", None, "refuse clients over plain TCP with error 3159"]]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["stubs"] = []
        self["seeds"] = []
        self["accounts"] = []
        self._accounts: list[str] = []

    def opt_stubs(self, path: str) -> None:
        """A stub file, or a folder of stub files. Repeatable."""
        self["stubs"].append(path)

    def opt_seed(self, path: str) -> None:
        """A file of SQL that runs at the start, with --fallback sql. Repeatable."""
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

    def postOptions(self) -> None:
        """Refuse a fallback that does not exist, and what nobody could log in to."""
        if self["fallback"] not in ("error", "sql"):
            raise UsageError(f"--fallback {self['fallback']} is not known; known: error, sql")
        if self["seeds"] and self["fallback"] != "sql":
            raise UsageError("--seed needs --fallback sql, which is what its statements run in")
        if self["require-tls"] and self["tls"] is None:
            raise UsageError("--require-tls needs --tls, for example --tls self-signed")


@implementer(IPlugin, IStreamService, IRefusingService)
class MySQL:
    """The plugin."""

    name = "mysql"
    summary = "a MySQL that answers by stubs, so that tests need no database"
    default_port = 3306
    options = MySQLOptions

    def stream_factory(self, host: IHost) -> MySQLFactory:
        """The service as its options describe it; reads the stub files, again at each reload."""
        options: Any = host.options
        tls = self._tls(host)
        server = Server(
            accounts=options["accounts"],
            version=options["server-version"],
            tls=tls is not None,
            require_tls=bool(options["require-tls"]),
        )
        stubs = Stubs([host.path(path) for path in options["stubs"]])
        host.on_reload(stubs.reload)

        def databases() -> Sequence[str]:
            return (options["database"], *stubs.current.databases)

        chatter = Chatter(databases)
        unmatched = Unmatched(stubs)
        template = self._seeded(host, chatter, server)

        def workspace(name: str) -> Workspace:
            behind: tuple[tuple[Source, IResponder], ...] = ((CHATTER, chatter), (FALLBACK, unmatched))
            if options["fallback"] == "sql":
                behind = ((FALLBACK, self._database(host, chatter, databases, template)), (FALLBACK, unmatched))
            return Workspace(name, stubs, behind, host.reactor, Journal(server.clock))

        return MySQLFactory(server, Workspaces(workspace), host.reactor, tls)

    def _seeded(self, host: IHost, chatter: Chatter, server: Server) -> Callable[[], Path | None]:
        """What the files of --seed have made, which every workspace begins with."""
        paths = [host.path(path) for path in host.options["seeds"]]
        if not paths:
            return lambda: None
        from sockservice.sql import Seeds

        seeds = Seeds(paths, host.options["database"], chatter, server)
        seeds.run()
        return lambda: seeds.file

    def _database(
        self,
        host: IHost,
        chatter: Chatter,
        databases: Callable[[], Sequence[str]],
        template: Callable[[], Path | None],
    ) -> IResponder:
        """The embedded database of a workspace; what is no matter of tables is the chatter's."""
        # The reader of SQL takes longer to import than all the rest.
        from sockservice.sql import Sql, Store

        def run_in_thread(work: Callable[[], Any]) -> Deferred[Any]:
            return deferToThreadPool(host.reactor, host.reactor.getThreadPool(), work)

        def store() -> Store:
            made = Store(clock=host.reactor, run_in_thread=run_in_thread, template=template())
            for name in databases():
                made.create_database(name)
            host.reactor.addSystemEventTrigger("after", "shutdown", made.close)
            return made

        return Sql(store, chatter)

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
