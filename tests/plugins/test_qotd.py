from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from memory_peers import MemoryConnection, MemoryDatagramSocket

from sockservice.errors import ConfigurationError, ConnectionClosed
from sockservice.plugins.qotd import DEFAULT_QUOTES, QotdOptions, qotd, quote_of_the_day, quotes_of


def host(tmp_path, *arguments):
    options = QotdOptions()
    options.parseOptions(list(arguments))
    return SimpleNamespace(options=options, path=lambda name: tmp_path / name)


def test_without_options_there_are_quotes(tmp_path):
    assert len(quotes_of(host(tmp_path))) == len(DEFAULT_QUOTES)


def test_quotes_of_options_and_file_come_in_order(tmp_path):
    (tmp_path / "quotes.txt").write_text("one\nof two lines\n%\n\n%\nthree\n")
    made = quotes_of(host(tmp_path, "--quote", "zero", "-q", "half", "--file", "quotes.txt"))
    assert made == [b"zero\r\n", b"half\r\n", b"one\r\nof two lines\r\n", b"three\r\n"]


def test_the_quote_changes_at_midnight_and_comes_round():
    quotes = [b"a", b"b", b"c"]
    day = datetime.date(2026, 1, 1)
    said = [quote_of_the_day(quotes, day + datetime.timedelta(days=days)) for days in range(4)]
    assert set(said) == set(quotes)
    assert said[3] == said[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 510, "quotes.txt:1:1: this quote has 512 bytes; 511 are allowed"),
        ("short\n%\n" + "y" * 600, "quotes.txt:3:1: this quote has 602 bytes"),
        ("%\n\n%\n", "quotes.txt:1:1: there is no quote in it"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, message):
    (tmp_path / "quotes.txt").write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        quotes_of(host(tmp_path, "--file", "quotes.txt"))


def test_a_quote_of_509_characters_is_the_longest(tmp_path):
    [quote] = quotes_of(host(tmp_path, "--quote", "x" * 509))
    assert len(quote) == 511


@pytest.mark.parametrize("arguments", [["--quote", " "], ["--quote", "x" * 510], ["--file", "missing.txt"]])
def test_wrong_options_are_refused(tmp_path, arguments):
    with pytest.raises(ConfigurationError):
        qotd.stream_factory(host(tmp_path, *arguments))


async def test_streams_and_datagrams_get_the_same_quote(tmp_path):
    surroundings = host(tmp_path, "--quote", "Only one.")
    connection = MemoryConnection()
    await qotd.stream_factory(surroundings)(connection)
    socket = MemoryDatagramSocket([(b"", ("127.0.0.1", 50000)), (b"", ("127.0.0.1", 17))])
    with pytest.raises(ConnectionClosed):
        await qotd.datagram_protocol(surroundings)(socket)
    assert connection.sent == b"Only one.\r\n"
    assert socket.sent == [(b"Only one.\r\n", ("127.0.0.1", 50000))]
