from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tls_files import make_certificate

from sockservice.host.command import Options
from sockservice.host.configuration import Limits
from sockservice.host.endpoints import Tcp, Udp, Unix


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """Parse as a command that was started in ``tmp_path``."""
    monkeypatch.chdir(tmp_path)

    def parse(*words):
        options = Options()
        options.parseOptions([str(word) for word in words])
        return options

    return parse


@pytest.fixture
def refused(parse, capsys):
    """The lines on stderr of a command that ends with the status 1 and prints nothing else."""

    def refused(*words):
        with pytest.raises(SystemExit) as ended:
            parse(*words)
        assert ended.value.code == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        lines = printed.err.splitlines()
        assert all(line.startswith(("sockservice: ", "sockservice ")) for line in lines)
        assert not any(line.startswith("sockservice: sockservice") for line in lines)
        return [line.removeprefix("sockservice: ") for line in lines]

    return refused


def test_a_service_gets_its_port_on_the_loopback_interface(parse):
    [service] = parse("--port", 7007, "echo").prepared
    assert service.name == "echo"
    assert service.settings.endpoints == (Tcp("127.0.0.1", 7007), Udp("127.0.0.1", 7007))


def test_without_a_port_it_is_the_services_own(parse):
    [service] = parse("qotd", "--quote", "Hm.").prepared
    assert service.settings.endpoints == (Tcp("127.0.0.1", 17), Udp("127.0.0.1", 17))


def test_limits_and_endpoints_reach_the_service(parse, tmp_path):
    [service] = parse(
        *["--max-connections", 3, "--idle-timeout", "2.5", "--sequential"],
        *["-l", "tcp:1", "--listen", "unix:x.sock", "echo"],
    ).prepared
    assert service.settings.limits == Limits(3, 2.5, sequential=True)
    assert service.settings.endpoints == (Tcp("127.0.0.1", 1), Unix(tmp_path / "x.sock"))


def test_toxics_reach_the_service(parse):
    [service] = parse("--toxic", "latency:latency=5", "--toxic", "loss:rate=0.5,stream=upstream", "echo").prepared
    assert [toxic.name for toxic in service.toxics] == ["latency_downstream", "loss_upstream"]


def test_the_mistakes_in_all_toxics_are_told_together(refused):
    assert refused("--toxic", "down", "--toxic", "donw", "--toxic", "loss", "echo") == [
        "sockservice --toxic donw: there is no toxic 'donw'; did you mean 'down'?",
        "sockservice --toxic loss: loss needs its attribute 'rate': a number from 0 to 1",
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--prot", "1"], "sockservice has no option --prot; did you mean '--port'?"),
        (["--port"], "the option --port needs a value after it"),
        (["--port", "http"], "sockservice --port: 'http' is not a port: give a number"),
        (["--max-connections", "0"], "sockservice --max-connections: '0' is not a whole number from 1 to 999,999,999"),
        (["--max-connections", "²"], "sockservice --max-connections: '²' is not a whole number from 1"),
        (["--max-connections", "9" * 5000], "sockservice --max-connections: '999999999999...9999999999999' is not a "),
        (["--port", "9" * 5000], "sockservice --port: '999999999999...9999999999999' is not a port"),
        (["--idle-timeout", "٣"], "sockservice --idle-timeout: '٣' is not a number of seconds above 0"),
        (["--patience", "9" * 5000], "sockservice --patience: '999999999999...9999999999999' is not a number of "),
        (["--idle-timeout", "nan"], "sockservice --idle-timeout: 'nan' is not a number of seconds above 0"),
        (["ehco"], "there is no service 'ehco'; did you mean 'echo'?"),
        (["--interface", "localhost", "echo"], "'localhost' is not an address to bind"),
        (
            ["--listen", "tcp:0", "--port", "1", "echo"],
            "--listen says port and interface itself: give either --listen or --port, not both",
        ),
        (["--listen", "tcp:0", "-i", "::1", "echo"], "--listen says port and interface itself: give"),
        (["mysql", "--port", "1"], "--port is an option of sockservice: put it before 'mysql'"),
        (["mysql", "-p", "1"], "-p is an option of sockservice: put it before 'mysql'"),
        (["echo", "--trace"], "--trace is an option of sockservice: put it before 'echo'"),
        (["--stubs", "x"], "--stubs is an option of mysql: put it after 'mysql'"),
        (["--stubs=x", "mysql"], "--stubs is an option of mysql: put it after 'mysql'"),
        (["--quote", "x", "echo"], "--quote is an option of qotd: put it after 'qotd'"),
        (["echo", "--loud"], "echo has no option --loud"),
        (["echo", "loud"], "echo takes no argument 'loud'"),
        (["--check", "mysql", "extra"], "mysql takes no argument 'extra'"),
        (["qotd", "--qoute", "x"], "qotd has no option --qoute; did you mean '--quote'?"),
        (["qotd", "x"], "qotd takes no argument 'x'"),
        (["--config", "none.yaml", "--port", "1"], "--port has no meaning beside --config"),
        (["--config", "none.yaml", "--toxic", "down"], "--toxic has no meaning beside --config"),
        (["--toxic", "latncy", "echo"], "sockservice --toxic latncy: there is no toxic 'latncy'; did you mean 'lat"),
        (["echo", "--toxic", "down"], "--toxic is an option of sockservice: put it before 'echo'"),
        (["--toxic", "down", "--listen", "udp:0", "echo"], "sockservice --toxic down: down disturbs streams, and echo"),
        (["--toxic", "loss:rate=1", "mysql"], "sockservice --toxic loss:rate=1: loss disturbs datagrams, and mysql"),
        (["--config", "none.yaml", "echo"], "the service 'echo' has no meaning beside --config; name it in the file"),
        (["--listen", "systemd:domain=INET:index=0", "echo"], "cannot listen on 'systemd:domain=INET:index=0':"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_the_status_1(refused, words, line):
    [told] = refused(*words)
    assert told.startswith(line)


def test_a_folder_that_is_not_there_cannot_hold_the_ready_file(refused, tmp_path):
    [line] = refused("--ready-file", "none/ready", "echo")
    assert line == f"cannot write the ready file: {tmp_path / 'none'} is not a folder that this user may write to"


@pytest.mark.parametrize(
    "content", [b"Shopping list\n", b"\xff\n", b"{}\n", b"[1]\n", b"5\n", b'{"service": "a", "port": 1}\n', b"[" * 9999]
)
def test_a_file_that_is_no_ready_file_is_not_overwritten(refused, tmp_path, content):
    (tmp_path / "notes").write_bytes(content)
    [line] = refused("--ready-file", "notes", "echo")
    assert line == (
        f"{tmp_path / 'notes'} is there already and is no ready file: name another --ready-file, or remove it"
    )
    assert (tmp_path / "notes").read_bytes() == content


def test_a_ready_file_is_no_folder_and_no_device(refused, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    [line] = refused("--ready-file", "fifo", "echo")
    assert line.endswith("fifo cannot be read: it is a FIFO, a socket or a device; a regular file is wanted")
    [line] = refused("--ready-file", ".", "echo")
    assert line.endswith("cannot be read: Is a directory")


def test_an_empty_ready_file_is_one_that_waits_to_be_filled(parse, tmp_path):
    (tmp_path / "ready").touch()
    assert parse("--ready-file", "ready", "echo")["ready-file"] == tmp_path / "ready"


def test_check_prints_every_mistake_of_every_kind(refused, tmp_path):
    make_certificate(tmp_path)
    (tmp_path / "quotes.txt").write_text("x" * 600)
    (tmp_path / "host.yaml").write_text("""
services:
  - {service: echo, port: 7007}
  - {service: discard, port: 7007}
  - {service: qotd, options: {file: quotes.txt}}
  - {service: echo, listen: "ssl:1:privateKey=none.pem"}
  - {service: echo, listen: "ssl:2:privateKey=server.pem", toxics: [{type: loss, attributes: {rate: 2}}]}
""")
    lines = refused("--config", "host.yaml", "--check")
    assert lines == [
        f"{tmp_path / 'host.yaml'}:7:101: 'rate' of loss must be a number from 0 to 1, not 2",
        "discard and echo cannot both listen on 127.0.0.1:7007",
        "discard and echo cannot both listen on 127.0.0.1:7007",
        f"{tmp_path / 'quotes.txt'}:1:1: this quote has 602 bytes; 511 are allowed: shorten it",
        f"{tmp_path / 'none.pem'}: there is no such file",
    ]


def test_check_prints_the_mistakes_of_the_file_with_those_of_all_that_it_names(refused, tmp_path):
    (tmp_path / "empty.pem").touch()
    (tmp_path / "stubs").mkdir()
    for name in ("a", "b"):
        (tmp_path / "stubs" / f"{name}.yaml").write_text("version: 1\nstubs: [{when: {sqll: a}, then: {ok: {}}}]\n")
    (tmp_path / "c.yaml").write_text("version: 1\nstubs: [\n")
    (tmp_path / "host.yaml").write_text("""
services:
  - service: mysql
    max_connections: 0
    options: {stubs: [stubs, none.yaml], tls: empty.pem, fallbak: error}
  - service: mysql
    listen: tcq:3307
    options: {stubs: c.yaml}
  - {service: mysql, port: 3308, options: {require-tls: true, account: nobody, stubs: d.yaml}}
  - {service: mysq, port: 3309}
""")
    lines = [line.removeprefix(f"{tmp_path}/") for line in refused("--config", "host.yaml", "--ready-file", "no/ready")]
    assert [line.partition(";")[0] for line in lines] == [
        "host.yaml:4:22: 'max_connections' must be a whole number at least 1, not the number 0",
        "host.yaml:5:58: mysql has no option 'fallbak'",
        "host.yaml:7:13: cannot listen on 'tcq:3307': there is no endpoint type 'tcq'",
        "host.yaml:9:57: mysql: --require-tls needs --tls, for example --tls self-signed",
        "host.yaml:9:72: mysql: --account takes USER:PASSWORD, and 'nobody' has no colon",
        "host.yaml:10:15: there is no service 'mysq'",
        f"cannot write the ready file: {tmp_path / 'no'} is not a folder that this user may write to",
        "empty.pem:1:1: there is no certificate in it (PEM)",
        "stubs/a.yaml:2:17: 'sqll' is not known here",
        "stubs/b.yaml:2:17: 'sqll' is not known here",
        "none.yaml: there is no such file",
        "c.yaml:3:1: while parsing a flow node did not find expected node content",
        "d.yaml: there is no such file",
    ]


def test_an_option_that_needs_a_later_one_is_none_of_the_mistakes(refused, tmp_path):
    (tmp_path / "host.yaml").write_text(
        "services: [{service: mysql, options: {account: nobody, require-tls: true, tls: self-signed}}]\n"
    )
    assert refused("--config", "host.yaml") == [
        f"{tmp_path / 'host.yaml'}:1:48: mysql: --account takes USER:PASSWORD, and 'nobody' has no colon"
    ]


def test_a_mistake_that_another_one_caused_is_not_told(refused, tmp_path):
    (tmp_path / "host.yaml").write_text(
        "services: [{service: mysql, options: {tsl: self-signed, require-tls: true}}]\n"
    )
    assert refused("--config", "host.yaml") == [
        f"{tmp_path / 'host.yaml'}:1:39: mysql has no option 'tsl'; did you mean 'tls'?"
    ]


def test_check_of_what_is_right_ends_with_0(parse, tmp_path, capsys):
    make_certificate(tmp_path)
    with pytest.raises(SystemExit) as ended:
        parse("--check", "--listen", "ssl:0:privateKey=server.pem", "echo")
    assert ended.value.code == 0
    assert capsys.readouterr().out == "sockservice: all is well with 1 service\n"


def test_list_shows_the_services(parse, capsys):
    with pytest.raises(SystemExit) as ended:
        parse("--list")
    assert ended.value.code == 0
    assert "sends back what it is sent (RFC 862)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["--help"], ["--max-connections", "Services:", "chargen"]),
        (["qotd", "--help"], ["--quote=", "--file="]),
        (["echo", "--help"], ["It has no options."]),
        (["--version"], ["sockservice ", "Twisted "]),
        (["mysql", "--version"], ["sockservice ", "Twisted "]),
        (["echo", "--version"], ["sockservice ", "Twisted "]),
        (["--help"], ["[options] [SERVICE [service options]]\n"]),
        (["mysql", "--help"], ["[options] mysql [service options]\n"]),
    ],
)
def test_help_is_there_for_the_host_and_for_each_service(parse, capsys, words, texts):
    with pytest.raises(SystemExit) as ended:
        parse(*words)
    assert not ended.value.code
    printed = capsys.readouterr().out
    assert all(text in printed for text in texts)


def test_an_option_that_two_services_have_is_of_the_one_that_is_named(refused, monkeypatch):
    from sockservice.plugins.echo import Echo
    from sockservice.plugins.qotd import QotdOptions

    monkeypatch.setattr(Echo, "options", QotdOptions)
    assert refused("--quote", "x", "qotd") == ["--quote is an option of qotd: put it after 'qotd'"]
    assert refused("--quote", "x", "echo") == ["--quote is an option of echo: put it after 'echo'"]


def test_a_plugin_that_lies_here_but_is_not_on_the_path_is_told_as_such(refused, parse, tmp_path, monkeypatch):
    folder = tmp_path / "sockservice" / "plugins"
    folder.mkdir(parents=True)
    (folder / "shout.py").touch()
    assert refused("shout") == [
        "there is no service 'shout'; ./sockservice/plugins/shout.py is not on the Python path: set PYTHONPATH=."
    ]
    [line] = refused("whisper")
    assert line.startswith("there is no service 'whisper'; known: ")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    [line] = refused("shout")
    assert line.startswith("there is no service 'shout'; known: ")


def test_a_plugin_that_raises_is_one_line(refused, monkeypatch):
    from sockservice.plugins.echo import Echo

    monkeypatch.setattr(Echo, "stream_factory", lambda _self, _host: 1 / 0)
    [line] = refused("echo")
    assert line.startswith("the plugin 'echo' (")
    assert "making the service raised ZeroDivisionError: division by zero at " in line


def test_reading_the_options_installs_no_reactor_and_importing_them_none_of_the_services():
    code = (
        "import sys, sockservice.host.command\n"
        "print('twisted.internet.reactor' in sys.modules)\n"
        "print([name for name in sys.modules if name.startswith('sockservice.plugins')])\n"
        "print('sockservice.documents' in sys.modules, 'twisted.internet.endpoints' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n[]\nFalse False\n"
