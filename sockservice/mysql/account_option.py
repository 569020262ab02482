"""An account as it is written on a command line.

``USER:PASSWORD`` or, with settings, ``USER,SETTING,…:PASSWORD``. Whatever stands behind the first colon is the
password, commas and colons included; that is why the settings stand before it::

    app:secret
    app,plugin=mysql_native_password,host=127.0.0.%,tls:se,cr:et
    app,host=[::1],database=shop,database=log%,full:secret

The settings are ``plugin=NAME``, ``host=PATTERN`` (an IPv6 address in brackets), ``database=PATTERN`` (may be
repeated), ``tls`` (TLS or a Unix socket is required) and ``full`` (the first login proves the password in full). The
same user and host twice are one account with two passwords.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sockservice.errors import did_you_mean
from sockservice.mysql.accounts import Account

_LEFT_OF_COLON: Final = re.compile(r"(?P<left>(?:=\[[^\]]*\]|=(?!\[)|[^:=])*):(?P<password>.*)", re.DOTALL)
_WITH_VALUE: Final = ("plugin", "host", "database")
_WORDS: Final = {"tls": "tls", "full": "full_authentication"}


def read_accounts(texts: Iterable[str]) -> list[Account]:
    """The accounts that some texts describe.

    Raises:
        ValueError: one is not written so, has a setting that does not exist, or is given again with other settings.
    """
    settings_of: dict[tuple[str, str], dict[str, Any]] = {}
    passwords: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        user, settings, password = _read(text)
        key = (user, settings.get("host", "%"))
        if settings_of.setdefault(key, settings) != settings:
            raise ValueError(f"{user!r} at {key[1]!r} is given twice, with different settings")
        passwords.setdefault(key, []).append(password)
    return [Account(key[0], *passwords[key], **settings) for key, settings in settings_of.items()]


def _read(text: str) -> tuple[str, dict[str, Any], str]:
    """User, settings (arguments of :class:`Account`) and password."""
    match = _LEFT_OF_COLON.fullmatch(text)
    if match is None:
        raise ValueError(f"takes USER:PASSWORD, and {text!r} has no colon")
    user, *words = match["left"].split(",")
    settings: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name in _WORDS and not equals:
            settings[_WORDS[name]] = True
        elif name not in _WITH_VALUE or not value:
            known = [*_WORDS, *(f"{each}=" for each in _WITH_VALUE)]
            raise ValueError(f"has no setting {word!r}{did_you_mean(name, known)}")
        elif name == "database":
            settings["databases"] = (*settings.get("databases", ()), value)
        elif name in settings:
            raise ValueError(f"takes one {name} for an account, and {text!r} has two")
        else:
            settings[name] = value.removeprefix("[").removesuffix("]") if name == "host" else value
    return user, settings, match["password"]
