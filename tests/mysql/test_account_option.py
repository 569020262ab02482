"""Accounts as they are written on a command line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.mysql.account_option import read_accounts


def read(text):
    (account,) = read_accounts([text])
    return account


@settings(max_examples=1000, deadline=None)
@given(st.text(), st.sampled_from(["", ",tls", ",host=[::1],full", ",plugin=sha256_password,database=a"]))
def test_whatever_stands_behind_the_first_colon_is_the_password(password, words):
    assert read(f"app{words}:{password}").has_password(password.encode("utf-8", "surrogatepass"))


def test_an_account_alone_is_a_user_and_a_password():
    account = read("app:secret")
    assert (account.user, account.host, account.plugin, account.databases) == ("app", "%", "", ())
    assert (account.tls, account.full_authentication) == (False, False)


def test_settings_stand_behind_the_user():
    account = read("app,plugin=mysql_native_password,host=127.0.0.%,database=shop,database=log%,tls,full:se,cr:et")
    assert (account.user, account.host, account.plugin) == ("app", "127.0.0.%", "mysql_native_password")
    assert (account.databases, account.tls, account.full_authentication) == (("shop", "log%"), True, True)
    assert account.has_password(b"se,cr:et")


def test_an_ipv6_address_stands_in_brackets():
    account = read("app,host=[fe80::7],tls:secret:er")
    assert (account.host, account.tls) == ("fe80::7", True)
    assert account.has_password(b"secret:er")


def test_a_user_may_have_no_password_and_no_name():
    assert read("app:").has_password(b"")
    assert read(":secret").matches("whoever", "10.0.0.7")
    assert read("app@example.com:secret").user == "app@example.com"


def test_the_same_account_twice_has_two_passwords():
    first, other = read_accounts(["app:new", "app,host=10.%:there", "app:old"])
    assert first.has_password(b"new")
    assert first.has_password(b"old")
    assert not first.has_password(b"there")
    assert other.has_password(b"there")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["app"], "takes USER:PASSWORD, and 'app' has no colon"),
        (["app,host=[::1]"], "has no colon"),
        (["app,tsl:x"], "has no setting 'tsl'; did you mean 'tls'"),
        (["app,plugn=x:x"], "has no setting 'plugn=x'; did you mean 'plugin='"),
        (["app,tls=yes:x"], "has no setting 'tls=yes'"),
        (["app,host:x"], "has no setting 'host'"),
        (["app,host=:x"], "has no setting 'host='"),
        (["app,host=a,host=b:x"], "takes one host for an account"),
        (["app,plugin=native:x"], "'native' is no plugin of ours"),
        (["app,tls:x", "app:y"], "'app' at '%' is given twice, with different settings"),
    ],
)
def test_a_mistake_is_named(texts, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is looked at
        read_accounts(texts)
    assert message in str(caught.value)
