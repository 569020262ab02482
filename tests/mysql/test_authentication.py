"""Accounts and scrambles."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_client import NATIVE, SHA2, scramble

from sockservice.mysql.accounts import Account
from sockservice.mysql.authentication import new_salt

SALT = bytes(range(1, 21))


@pytest.mark.parametrize("plugin", [SHA2, NATIVE])
def test_the_right_password_is_verified_and_a_wrong_one_is_not(plugin):
    account = Account("app", "sécret")
    assert account.verifies(plugin, scramble(plugin, "sécret".encode(), SALT), SALT)
    assert not account.verifies(plugin, scramble(plugin, b"secret", SALT), SALT)
    assert not account.verifies(plugin, scramble(plugin, "sécret".encode(), SALT), SALT[::-1])


@pytest.mark.parametrize("plugin", [SHA2, NATIVE])
def test_an_empty_password_is_proven_by_an_empty_response_only(plugin):
    assert Account("app").verifies(plugin, b"", SALT)
    assert not Account("app").verifies(plugin, scramble(plugin, b"x", SALT), SALT)
    assert not Account("app", "x").verifies(plugin, b"", SALT)


@pytest.mark.parametrize(
    ("plugin", "response"), [(SHA2, b"x" * 20), (NATIVE, b"x" * 32), ("dialog", b""), (SHA2, b"x")]
)
def test_a_response_of_the_wrong_form_verifies_nothing(plugin, response):
    assert not Account("app", "x").verifies(plugin, response, SALT)
    assert not Account("app").verifies(plugin, response or b"x", SALT)


def test_a_password_of_bytes_that_are_no_text_is_verified():
    account = Account("app", os.fsdecode(b"\xff\xfe"))
    assert account.verifies(SHA2, scramble(SHA2, b"\xff\xfe", SALT), SALT)


def test_an_account_keeps_no_plain_password():
    account = Account("app", "hunter2")
    assert "hunter2" not in repr(account)
    assert all("hunter2" not in str(getattr(account, name)) for name in account.__slots__ if name != "__weakref__")


def test_an_unknown_plugin_is_refused():
    with pytest.raises(ValueError, match="'native_password' is no plugin of ours; did you mean 'mysql_native"):
        Account("app", "x", plugin="native_password")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([SHA2, NATIVE]), st.text(max_size=20), st.text(max_size=20))
def test_a_password_verifies_exactly_itself(plugin, password, tried):
    response = scramble(plugin, tried.encode(), SALT)
    assert Account("app", password).verifies(plugin, response, SALT) == (password == tried)


def test_salts_differ_and_have_neither_nul_nor_dollar():
    salts = {new_salt() for _ in range(500)}
    assert len(salts) == 500
    assert all(len(salt) == 20 and not set(salt) & {0, ord("$")} and max(salt) < 128 for salt in salts)
