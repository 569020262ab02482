"""Accounts: who is let in, from where, and to which databases."""

from __future__ import annotations

import pytest

from sockservice.mysql.accounts import Account, Accounts

NATIVE = "mysql_native_password"


def chosen(user, host, *accounts):
    """The account of a user, by its name; None where there is none."""
    known = [Account(*name.rsplit("@", 1)[:1], host=name.rsplit("@", 1)[1]) for name in accounts]
    account = Accounts(known).of(user, host)
    return account.name if account in known else None


@pytest.mark.parametrize(
    ("pattern", "host", "matches"),
    [
        ("%", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.70", False),
        ("10.0.0._", "10.0.0.7", True),
        ("10.0.0._", "10.0.0.70", False),
        ("10.0.%", "10.0.0.70", True),
        ("10.0.%", "110.0.0.7", False),
        (r"10\_0", "10_0", True),
        (r"10\_0", "10.0", False),
        ("DB%.Example.com", "db7.example.COM", True),
        ("localhost", "localhost", True),
        ("localhost", "127.0.0.1", True),
        ("LOCALHOST", "::1", True),
        ("localhost", "10.0.0.7", False),
        ("127.0.0.1", "localhost", False),
        ("fe80::%", "fe80::1", True),
    ],
)
def test_a_host_is_a_pattern(pattern, host, matches):
    assert Account("app", host=pattern).matches("app", host) == matches
    assert not Account("app", host=pattern).matches("App", host)


@pytest.mark.parametrize(
    ("user", "host", "accounts", "expected"),
    [
        ("app", "10.0.0.7", ["app@%", "app@10.0.0.7"], "app@10.0.0.7"),
        ("app", "10.0.0.7", ["app@%", "app@10.%", "app@10.0.%"], "app@10.0.%"),
        ("app", "10.0.0.7", ["app@10.0.0._", "app@10.0.%"], "app@10.0.0._"),
        ("app", "10.0.0.7", ["app@%", "@%"], "app@%"),
        ("app", "10.0.0.7", ["app@%", "@10.0.0.7"], "@10.0.0.7"),
        ("other", "10.0.0.7", ["app@%", "@%"], "@%"),
        ("other", "10.0.0.7", ["app@%"], None),
        ("app", "11.0.0.7", ["app@10.%"], None),
        ("app", "127.0.0.1", ["app@%", "app@localhost"], "app@localhost"),
    ],
)
def test_the_most_specific_host_is_chosen_then_the_name(user, host, accounts, expected):
    assert chosen(user, host, *accounts) == expected
    assert chosen(user, host, *reversed(accounts)) == expected


def test_of_two_accounts_with_one_name_and_host_the_last_counts():
    known = Accounts([Account("app", "old"), Account("app", "new"), Account("app", "there", host="10.%")])
    assert known.of("app", "9.9.9.9").has_password(b"new")
    assert known.of("app", "10.9.9.9").has_password(b"there")


def test_nobody_knows_the_password_of_an_unknown_user():
    account = Accounts([Account("app")]).of("nobody", "10.0.0.7")
    assert not account.has_password(b"")
    assert not account.has_password(b"nobody")
    assert not account.verifies(NATIVE, b"", bytes(20))


def test_without_accounts_everybody_has_every_password():
    account = Accounts().of("whoever", "10.0.0.7")
    assert (account.user, account.name, account.allows("any")) == ("whoever", "whoever@%", True)
    assert account.has_password(b"any")
    assert account.verifies(NATIVE, bytes(20), bytes(20))
    assert not account.verifies(NATIVE, bytes(19), bytes(20))


@pytest.mark.parametrize(
    ("databases", "allowed", "refused"),
    [
        ((), ["shop", ""], []),
        (("shop",), ["shop"], ["Shop", "shop2", "sho"]),
        (("shop", "log%"), ["shop", "logs", "log"], ["blog"]),
        (("shop_1",), ["shop_1", "shop-1"], ["shop1"]),
        ((r"shop\_1",), ["shop_1"], ["shop-1"]),
    ],
)
def test_databases_are_patterns_as_in_a_grant(databases, allowed, refused):
    account = Account("app", databases=databases)
    assert all(account.allows(name) for name in [*allowed, "information_schema", "INFORMATION_SCHEMA"])
    assert not any(account.allows(name) for name in refused)


def test_each_of_several_passwords_will_do():
    account = Account("app", "new", "old")
    assert account.has_password(b"new")
    assert account.has_password(b"old")
    assert not account.has_password(b"older")
    assert not account.has_password(b"")


def test_an_account_keeps_no_plain_password():
    account = Account("app", "hunter2", plugin="client_ed25519")
    fields = [name for name in Account.__slots__ if name != "__weakref__"]
    assert "hunter2" not in repr(account)
    assert "hunter2" not in "".join(str(getattr(account, name)) for name in fields)


def test_a_plugin_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'native_password' is no plugin of ours; did you mean 'mysql_native"):
        Account("app", "x", plugin="native_password")


@pytest.mark.parametrize(
    ("user", "names", "expected"),
    [
        ("app@w1", ["app"], "app"),
        ("app@w1", ["app", "app@w1"], "app@w1"),
        ("app@w1@w2", ["app", "app@w1"], "app@w1"),
        ("app@w1", [""], ""),
        ("@w1", ["app", ""], ""),
        ("app@", ["app"], "app"),
    ],
)
def test_the_account_of_a_user_with_a_workspace_is_that_of_the_part_before(user, names, expected):
    assert Accounts(Account(name) for name in names).of(user, "10.0.0.7").user == expected


def test_a_user_with_a_workspace_proves_the_password_of_the_account_and_no_other():
    account = Accounts([Account("app", "secret")]).of("app@w1", "10.0.0.7")
    assert account.has_password(b"secret")
    assert not Accounts([Account("app", "secret")]).of("other@w1", "10.0.0.7").has_password(b"secret")


def test_of_a_database_with_a_workspace_the_part_before_it_is_judged():
    account = Account("app", databases=["shop", "a_b%"])
    assert account.allows("shop@w1")
    assert account.allows("information_schema@w1")
    assert not account.allows("other@w1")
    assert not account.allows("other@shop")
    assert not account.allows("@shop")
