from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sockservice.errors import ConfigurationError
from sockservice.host.endpoints import (
    Foreign,
    Inherited,
    Proxied,
    Tcp,
    Tls,
    Udp,
    Unix,
    check_interface,
    check_port,
    parse_endpoint,
)


def parse(description):
    return parse_endpoint(description, lambda name: Path("/folder", name))


@pytest.mark.parametrize(
    ("description", "endpoint"),
    [
        ("tcp:3306", Tcp("127.0.0.1", 3306)),
        ("tcp:port=3306", Tcp("127.0.0.1", 3306)),
        ("TCP:0:interface=0.0.0.0:backlog=5", Tcp("0.0.0.0", 0, 5)),
        (r"tcp:1:interface=\:\:1", Tcp("::1", 1)),
        ("tcp6:1", Tcp("::1", 1)),
        (r"tcp6:1:interface=\:\:", Tcp("::", 1)),
        ("udp:7", Udp("127.0.0.1", 7)),
        ("udp:7:interface=10.0.0.1", Udp("10.0.0.1", 7)),
        ("unix:/run/x", Unix(Path("/run/x"))),
        ("unix:x:mode=660:lockfile=0", Unix(Path("/folder/x"), 0o660)),
        (r"unix:a\:b\\c", Unix(Path("/folder/a:b\\c"))),
        ("unix:address=x=y", Unix(Path("/folder/x=y"))),
        ("ssl:443:privateKey=k.pem", Tls(Tcp("127.0.0.1", 443), Path("/folder/k.pem"), Path("/folder/k.pem"))),
        (
            "ssl:443:privateKey=/k:certKey=c:extraCertChain=d:interface=0.0.0.0",
            Tls(Tcp("0.0.0.0", 443), Path("/folder/c"), Path("/k"), Path("/folder/d")),
        ),
        ("systemd:domain=INET:index=0", Inherited("systemd:domain=INET:index=0")),
        ("systemd:domain=UNIX:name=mysql", Inherited("systemd:domain=UNIX:name=mysql")),
        ("haproxy:tcp:80", Proxied(Tcp("127.0.0.1", 80))),
        ("haproxy:unix:/x:mode=600", Proxied(Unix(Path("/x"), 0o600))),
        ("tls:certs:443", Foreign("tls:/folder/certs:443:interface=127.0.0.1")),
        (r"tls:/c\:d:443:interface=\:\:", Foreign(r"tls:/c\:d:443:interface=\:\:")),
        ("stdio:", Foreign("stdio:")),
    ],
)
def test_descriptions_become_values(description, endpoint):
    assert parse(description) == endpoint


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ("", "there is no endpoint type ''; known: "),
        ("tpc:80", "there is no endpoint type 'tpc'; did you mean 'tcp'?"),
        ("tcp", "it lacks port"),
        ("tcp:", "'' is not a port"),
        ("tcp:65536", "'65536' is not a port: give a number from 0 to 65535"),
        ("tcp:http", "'http' is not a port"),
        ("tcp:-1", "'-1' is not a port"),
        ("tcp:٣", "is not a port"),
        ("tcp:1:2", "'2' is one argument too many"),
        ("tcp:1:interfac=127.0.0.1", "it takes no argument 'interfac'; did you mean 'interface'?"),
        ("tcp:1:interface=localhost", "'localhost' is not an address to bind: give a number"),
        ("tcp:1:interface=::1", r"an IPv6 address in it needs a backslash before each colon: interface=\:\:1"),
        ("tcp:1:backlog=0", "the backlog '0' is not a number of connections"),
        ("tcp6:1:interface=127.0.0.1", "127.0.0.1 is an IPv4 address; write tcp:"),
        ("unix:", "it lacks the path"),
        ("unix:x:mode=888", "the mode '888' is not octal, such as 660"),
        ("systemd:domain=INET", "it needs either name=… or index=…"),
        ("systemd:domain=INET:name=a:index=1", "it needs either name=… or index=…"),
        ("systemd:name=a", "it lacks domain=…"),
        ("systemd:domain=INTE:name=a", "the domain 'INTE' is none of INET, INET6, UNIX"),
        ("systemd:domain=INET:index=x", "the index 'x' is not a number"),
        ("systemd:domain=INET:index=²", "the index '²' is not a number"),
        ("haproxy:udp:7", "the PROXY protocol is for streams"),
        ("tls:", None),
        ("tls", "it lacks the folder of PEM files"),
    ],
)
def test_what_is_wrong_is_named_with_the_description(description, message):
    if message is None:
        assert isinstance(parse(description), Foreign)
        return
    with pytest.raises(ConfigurationError) as raised:
        parse(description)
    assert str(raised.value).startswith(f"cannot listen on {description!r}: ")
    assert message in str(raised.value)


@settings(max_examples=1000, deadline=None)
@given(
    st.one_of(
        st.text(alphabet="tcpudnixslhaoymd:=\\0123456789/._-\x00é", max_size=40),
        st.builds(
            ":".join,
            st.lists(
                st.sampled_from(["tcp", "udp", "unix", "ssl", "haproxy", "systemd", "tls", "1", "interface=", "\\"])
            ),
        ),
    )
)
@example("tcp:1\\")
@example("haproxy:" * 40 + "tcp:1")
def test_any_text_is_an_endpoint_or_one_clear_error(description):
    told = ""
    try:
        parse(description)
    except ConfigurationError as error:
        told = str(error)
    assert "\n" not in told


@pytest.mark.parametrize("port", ["0", "1", "65535", "03306"])
def test_ports_are_numbers_from_0_to_65535(port):
    assert check_port(port) == int(port)


@pytest.mark.parametrize("interface", ["", "*", "localhost", "127.0.0", "1.2.3.4.5", "::g"])
def test_interfaces_are_numbers_not_names(interface):
    with pytest.raises(ConfigurationError, match="is not an address to bind"):
        check_interface(interface)
