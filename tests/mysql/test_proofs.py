"""Each plugin's talk, from the challenge to the verdict."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proving_client import CLEAR, ED25519, PASSWORD, PLUGINS, SHA256, account, encrypted
from wire_client import NATIVE, SHA2, scramble

from sockservice.mysql.accounts import Account
from sockservice.mysql.proofs import Claim, is_first_answer, proof
from sockservice.mysql.rsa_key import RSAKey

SALT = bytes(range(1, 21))
KEY = RSAKey()
MORE = object()


def begin(plugin, *, secure=False, proven=None, of=None, **fields):
    claim = Claim(of or account(plugin, **fields), SALT, secure, KEY, set() if proven is None else proven)
    return proof(plugin, claim)


def verdict(talk, *answers):
    """What a proof says to each answer but the last, and its verdict on the last; MORE where there is none yet."""
    said = []
    for answer in answers:
        try:
            said.append(talk.send(answer))
        except StopIteration as end:
            return said, end.value
    return said, MORE


def test_the_challenge_is_the_salt_but_for_signatures():
    for plugin in PLUGINS:
        talk, challenge = begin(plugin)
        assert (challenge == SALT + b"\0") == (plugin != ED25519)
        talk.close()
    assert len(begin(ED25519)[1]) == 32
    assert begin(ED25519)[1] != begin(ED25519)[1]


def test_native_is_a_scramble():
    assert verdict(begin(NATIVE)[0], scramble(NATIVE, PASSWORD, SALT)) == ([], [])
    assert verdict(begin(NATIVE)[0], scramble(NATIVE, b"wrong", SALT)) == ([], None)
    assert verdict(begin(NATIVE)[0], scramble(SHA2, PASSWORD, SALT)) == ([], None)


def test_caching_sha2_is_a_scramble_where_the_cache_is_warm():
    assert verdict(begin(SHA2)[0], scramble(SHA2, PASSWORD, SALT)) == ([], [b"\1\3"])
    assert verdict(begin(SHA2)[0], scramble(SHA2, b"wrong", SALT)) == ([], None)


def test_caching_sha2_asks_for_the_password_where_the_cache_is_cold():
    right = scramble(SHA2, PASSWORD, SALT)
    talk = begin(SHA2, secure=True, full_authentication=True)[0]
    assert verdict(talk, right, PASSWORD + b"\0") == ([b"\1\4"], [])
    talk = begin(SHA2, full_authentication=True)[0]
    assert verdict(talk, right) == ([b"\1\4"], MORE)
    pem = talk.send(b"\2")
    assert pem[:1] == b"\1"
    assert verdict(talk, encrypted(PASSWORD, SALT, pem[1:])) == ([], [])


def test_caching_sha2_remembers_who_proved_the_password_in_full():
    proven, right = set(), scramble(SHA2, PASSWORD, SALT)
    settings = {"secure": True, "proven": proven, "full_authentication": True}
    assert verdict(begin(SHA2, **settings)[0], right, b"wrong\0") == ([b"\1\4"], None)
    assert verdict(begin(SHA2, **settings)[0], right) == ([b"\1\4"], MORE)
    assert verdict(begin(SHA2, **settings)[0], right, PASSWORD + b"\0") == ([b"\1\4"], [])
    assert verdict(begin(SHA2, **settings)[0], right) == ([], [b"\1\3"])
    # With a wrong scramble MySQL asks for the password, too.
    assert verdict(begin(SHA2, **settings)[0], bytes(32), b"wrong\0") == ([b"\1\4"], None)
    assert len(proven) == 1


@pytest.mark.parametrize("plugin", [SHA2, NATIVE, SHA256, CLEAR])
@pytest.mark.parametrize("secure", [True, False])
@pytest.mark.parametrize("nothing", [b"", b"\0"])
def test_an_empty_password_is_nothing_or_a_nul(plugin, secure, nothing):
    for empty in (Account("app", plugin=plugin), Account("app", plugin=plugin, full_authentication=True)):
        assert verdict(begin(plugin, of=empty, secure=secure)[0], nothing) == ([], [])
    assert verdict(begin(plugin, secure=secure)[0], nothing) == ([], None)


def test_sha256_is_the_password_as_it_is_or_encrypted():
    assert verdict(begin(SHA256, secure=True)[0], PASSWORD + b"\0") == ([], [])
    assert verdict(begin(SHA256, secure=True)[0], b"wrong\0") == ([], None)
    for secure in (True, False):  # some clients ask for the key over a Unix socket, too
        talk = begin(SHA256, secure=secure)[0]
        pem = talk.send(b"\1")
        assert verdict(talk, encrypted(PASSWORD, SALT, pem[1:])) == ([], [])


def test_a_client_that_has_the_key_need_not_ask_for_it():
    pem = KEY.public_pem()
    assert verdict(begin(SHA256)[0], encrypted(PASSWORD, SALT, pem)) == ([], [])
    talk = begin(SHA2, full_authentication=True)[0]
    assert verdict(talk, scramble(SHA2, PASSWORD, SALT), encrypted(PASSWORD, SALT, pem)) == ([b"\1\4"], [])


def test_a_password_as_it_is_proves_nothing_where_others_can_listen():
    for plugin in (SHA256, CLEAR):
        assert verdict(begin(plugin)[0], PASSWORD + b"\0") == ([], None)
    talk = begin(SHA2, full_authentication=True)[0]
    assert verdict(talk, scramble(SHA2, PASSWORD, SALT), PASSWORD + b"\0") == ([b"\1\4"], None)


def test_an_encrypted_password_is_worth_nothing_with_another_salt():
    talk = begin(SHA256)[0]
    pem = talk.send(b"\1")
    assert verdict(talk, encrypted(PASSWORD, SALT[::-1], pem[1:])) == ([], None)


def test_clear_is_the_password_as_it_is():
    assert verdict(begin(CLEAR, secure=True)[0], PASSWORD + b"\0") == ([], [])
    assert verdict(begin(CLEAR, secure=True)[0], PASSWORD) == ([], [])
    assert verdict(begin(CLEAR, secure=True)[0], PASSWORD + b"\0\0") == ([], None)


def test_a_password_longer_than_mysql_takes_is_refused():
    longest = Account("app", "x" * 256, plugin=CLEAR)
    longer = Account("app", "x" * 257, plugin=CLEAR)
    assert verdict(begin(CLEAR, of=longest, secure=True)[0], b"x" * 256 + b"\0") == ([], [])
    assert verdict(begin(CLEAR, of=longer, secure=True)[0], b"x" * 257 + b"\0") == ([], None)


@pytest.mark.parametrize(
    ("plugin", "response", "secure", "usable"),
    [
        (SHA2, b"", False, True),
        (SHA2, b"\0", False, True),
        (SHA2, bytes(32), False, True),
        (SHA2, bytes(20), False, False),
        (NATIVE, bytes(20), False, True),
        (NATIVE, bytes(32), True, False),
        (SHA256, b"\1", False, True),
        (CLEAR, b"secret\0", True, True),
        (CLEAR, b"secret\0", False, False),
        (ED25519, bytes(64), True, False),
        ("dialog", b"", True, False),
    ],
)
def test_what_the_handshake_response_may_prove(plugin, response, secure, usable):
    assert is_first_answer(plugin, response, secure) == usable


@settings(max_examples=1000, deadline=None)
@given(
    st.sampled_from(PLUGINS),
    st.booleans(),
    st.booleans(),
    st.lists(st.binary(max_size=300) | st.sampled_from([b"\1", b"\2", bytes(32), bytes(256)]), min_size=1, max_size=5),
)
def test_no_answers_but_the_right_ones_prove_anything(plugin, secure, full, answers):
    talk = begin(plugin, secure=secure, full_authentication=full)[0]
    said, end = verdict(talk, *answers)
    assert end in (None, MORE)
    assert len(said) <= 2
