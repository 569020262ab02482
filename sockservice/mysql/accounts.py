"""Accounts: who may log in, from where, with what, and to which databases.

The account of a login is chosen as MySQL chooses it ("Access Control, Stage 1"): by the host pattern first, the most
specific one that matches, then by the name, where an account without a name is anybody's.
"""

from __future__ import annotations

import functools
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from sockservice.errors import did_you_mean
from sockservice.mysql.authentication import (
    CACHING_SHA2,
    ED25519,
    NATIVE,
    PLUGINS,
    is_proven,
    is_scramble,
    stored_digest,
)
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.ed25519 import is_signed, public_key

ANY_HOST: Final = "%"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_ALWAYS_ALLOWED: Final = frozenset({"information_schema", "performance_schema"})


@attrs.frozen(init=False)
class Account:
    """A user who may log in.

    Args:
        user: the name; an account without one takes every name that no other account takes.
        passwords: in plain text, each of which will do; none means the empty one. They are not kept.
        plugin: what they are proven with, one of :data:`sockservice.mysql.authentication.PLUGINS`; ``""`` is
            the server's default one.
        host: where the client may be: an address, ``localhost`` (the loopback addresses and Unix sockets) or a pattern
            with ``%`` and ``_`` as in LIKE.
        databases: those that the account may use, with ``%`` and ``_`` as in a GRANT; none given = all.
        tls: whether it may log in over TLS and Unix sockets only, as with REQUIRE SSL.
        full_authentication: for ``caching_sha2_password``: whether the first login has to prove the password in
            full, as on a server that has just started. Otherwise the fast path is there at once, as if
            somebody had logged in before.

    Raises:
        ValueError: there is no such plugin.
    """

    user: str
    plugin: str
    host: str
    databases: tuple[str, ...]
    tls: bool
    full_authentication: bool
    _digests: tuple[dict[str, bytes], ...] = attrs.field(repr=False, hash=False)

    def __init__(
        self,
        user: str,
        *passwords: str,
        plugin: str = "",
        host: str = ANY_HOST,
        databases: Iterable[str] = (),
        tls: bool = False,
        full_authentication: bool = False,
    ) -> None:
        if plugin and plugin not in PLUGINS:
            raise ValueError(f"{plugin!r} is no plugin of ours{did_you_mean(plugin, PLUGINS)}")
        digests = tuple(_digests(UTF8MB4.encode(password), plugin) for password in passwords or ("",))
        self.__attrs_init__(user, plugin, host, tuple(databases), tls, full_authentication, digests)

    @property
    def name(self) -> str:
        """``user@host``, as CURRENT_USER() has it."""
        return f"{self.user}@{self.host}"

    def matches(self, user: str, host: str) -> bool:
        """Whether this is the account of a user at an address."""
        if self.user not in ("", user):
            return False
        at_home = self.host.lower() == "localhost" and host in _LOOPBACK
        return at_home or _like(self.host, host, ignore_case=True)

    def allows(self, database: str) -> bool:
        """Whether the account may use a database; of ``shop@w1``, ``shop`` counts."""
        database = without_workspace(database)
        if not self.databases or database.lower() in _ALWAYS_ALLOWED:
            return True
        return any(_like(pattern, database) for pattern in self.databases)

    def verifies(self, plugin: str, response: bytes, challenge: bytes) -> bool:
        """Whether a response proves one of the passwords without telling it.

        Args:
            plugin: what the client made it with: a plugin of scrambles, or the one of signatures.
            response: the scramble or signature; nothing for an empty password. One of the wrong form proves nothing.
            challenge: what the client was given to make it with.
        """
        if plugin == ED25519:
            return any(ED25519 in known and is_signed(response, known[ED25519], challenge) for known in self._digests)
        return any(plugin in known and is_proven(plugin, response, challenge, known[plugin]) for known in self._digests)

    def has_password(self, password: bytes) -> bool:
        """Whether this is one of the passwords, told as it is."""
        tried = stored_digest(CACHING_SHA2, password)
        return any(hmac.compare_digest(known[CACHING_SHA2], tried) for known in self._digests)


def _digests(password: bytes, plugin: str) -> dict[str, bytes]:
    """What an account keeps of a password: by the plugin that it is for."""
    kept = {scheme: stored_digest(scheme, password) for scheme in (CACHING_SHA2, NATIVE)}
    if plugin == ED25519:
        kept[ED25519] = public_key(password)
    return kept


class Anybody(Account):
    """The account of everybody on a server that has none: whatever they answer is right, if its form is."""

    __slots__ = ()

    def verifies(self, plugin: str, response: bytes, challenge: bytes) -> bool:  # noqa: ARG002
        """See :meth:`Account.verifies`."""
        return is_scramble(plugin, response) or (plugin == ED25519 and len(response) == 64)

    def has_password(self, password: bytes) -> bool:  # noqa: ARG002
        """See :meth:`Account.has_password`."""
        return True


class Accounts:
    """The accounts of a server.

    Args:
        accounts: in any order; of several with one name and one host the last counts. None at all lets everybody in.
    """

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        known = {(account.user, account.host.lower()): account for account in accounts}
        self._ordered = sorted(known.values(), key=_specificity)

    def __bool__(self) -> bool:
        return bool(self._ordered)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._ordered)

    def of(self, user: str, host: str) -> Account:
        """The account of a user at an address.

        Where no account has the exact name, the part before the last ``@`` counts: behind it stands a workspace.

        Where there is none, it is one whose password nobody knows: so a login with an unknown name
        takes the same way, and fails at the same place, as one with a wrong password.
        """
        if not self._ordered:
            return Anybody(user)
        if all(account.user != user for account in self._ordered):
            user = without_workspace(user)
        found = next((account for account in self._ordered if account.matches(user, host)), None)
        return found or Account(user, secrets.token_hex())


def without_workspace(name: str) -> str:
    """A user or a database without the workspace that stands behind its last ``@``."""
    return name.rpartition("@")[0] or name


def _specificity(account: Account) -> tuple[bool, int, bool]:
    """What sorts the most specific host first: no wildcards, then the later the first wildcard the better."""
    literal = re.split("[%_]", account.host, maxsplit=1)[0]
    return (literal != account.host, -len(literal), not account.user)


def _like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    return _pattern(pattern, ignore_case).fullmatch(text) is not None


@functools.lru_cache(maxsize=1024)
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    r"""A pattern of LIKE: ``%`` is any text, ``_`` any character, and ``\`` takes the meaning from the next one."""
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = "".join(wild.get(piece) or re.escape(piece[-1]) for piece in pieces)
    return re.compile(regex, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
