from __future__ import annotations

import sys
from importlib import metadata

import pytest
from twisted.plugin import IPlugin
from zope.interface import implementer

import sockservice.plugins
from sockservice.errors import ConfigurationError, PluginError
from sockservice.host.discovery import discover, verify
from sockservice.host.listing import listing
from sockservice.interfaces import IStreamService

GOOD = """
from twisted.plugin import IPlugin
from zope.interface import implementer
from sockservice.interfaces import IStreamService

@implementer(IPlugin, IStreamService)
class Good:
    name, summary, default_port, options = "{name}", "good", 7777, None
    def stream_factory(self, host): ...

good = Good()
"""


@pytest.fixture
def plugin_folder(tmp_path, monkeypatch):
    """A third party's plugin folder; what is imported from it is forgotten at the end."""
    folder = tmp_path / "sockservice" / "plugins"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sockservice.plugins, "__path__", [*sockservice.plugins.__path__, str(folder)])
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if name.startswith("sockservice.plugins."):
            del sys.modules[name]
            vars(sockservice.plugins).pop(name.rpartition(".")[2], None)


def broken_of(found, name):
    return [broken.reason for broken in found.broken if broken.name == name]


def test_the_built_in_services_are_found_with_kind_and_place():
    found = {service.name: service for service in discover().services}
    assert {"echo", "discard", "chargen", "daytime", "time", "qotd"} <= set(found)
    assert found["echo"].kinds == ("stream", "datagram")
    assert found["echo"].place.endswith("sockservice/plugins/echo.py")


def test_asking_for_one_service_imports_no_other(plugin_folder):
    (plugin_folder / "tea.py").write_text(GOOD.format(name="tea"))
    (plugin_folder / "bomb.py").write_text("raise SystemExit(7)")
    found = discover("tea")
    assert [service.name for service in found.services] == ["tea"]
    assert found.broken == ()
    assert "sockservice.plugins.bomb" not in sys.modules


def test_a_service_in_a_module_of_another_name_is_found_too(plugin_folder):
    (plugin_folder / "kitchen.py").write_text(GOOD.format(name="tea"))
    assert discover("tea").service("tea").place == str(plugin_folder / "kitchen.py")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(7)", "SystemExit: 7"),
        ("def (", "SyntaxError: invalid syntax (broken.py, line 1)"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise RuntimeError('two\\nlines')", "RuntimeError: two lines"),
        (
            GOOD.format(name="tea").replace("good = Good()", ""),
            "it has the class Good but no object of it: add `broken = Good()`",
        ),
        ("x = 1", "has no plugin object: add one, or begin the name of the module with _"),
        (
            GOOD.format(name="tea").replace("name, summary, default_port, options", "name, summary, _, options"),
            "lacks default_port (IStreamService)",
        ),
        (
            GOOD.format(name="tea").replace("def stream_factory(self, host): ...", ""),
            "lacks stream_factory (IStreamService)",
        ),
        (
            GOOD.format(name="tea").replace("(self, host)", "(self, port, host)").replace("options =", "_ ="),
            "lacks options (IStreamService); its stream_factory(port, host) must be stream_factory(host) (",
        ),
        (
            GOOD.format(name="tea").replace("def stream_factory(self, host): ...", "stream_factory = 5"),
            "its stream_factory is not a method: it must be stream_factory(host) (IStreamService)",
        ),
        (GOOD.format(name="two words"), "its name is 'two words': it must be one word"),
        (GOOD.format(name="-x"), "its name is '-x'"),
        (
            GOOD.format(name="tea").replace("7777", "77777"),
            "its default_port is 77777: it must be a number from 0 to 65535",
        ),
        (
            GOOD.format(name="tea")
            .replace("7777, None", "7777, lambda: x")
            .replace(", IStreamService)\nclass", ")\nclass"),
            "neither",
        ),
    ],
)
def test_a_broken_plugin_costs_one_line_and_nobody_else(plugin_folder, source, reason):
    (plugin_folder / "broken.py").write_text(source)
    found = discover()
    [told] = broken_of(found, "broken")
    assert reason in told
    assert "\n" not in told
    assert " at 0x" not in told
    assert found.service("echo")
    with pytest.raises(PluginError, match=r"the plugin 'broken' \(.*broken.py\) is broken: "):
        found.service("broken")


def test_of_two_plugins_with_one_name_the_module_of_that_name_wins(plugin_folder):
    (plugin_folder / "a_rival.py").write_text(GOOD.format(name="echo"))
    found = discover()
    assert found.service("echo").place.endswith("sockservice/plugins/echo.py")
    [reason] = broken_of(found, "echo")
    assert reason.startswith("the name is taken by ")


def test_a_module_that_is_hidden_by_another_is_told(plugin_folder):
    (plugin_folder / "echo.py").write_text(GOOD.format(name="tea"))
    [reason] = broken_of(discover(), "echo")
    assert reason.endswith("sockservice/plugins/echo.py has the same module name; rename one of the two")


def test_modules_with_an_underscore_are_no_plugins(plugin_folder):
    (plugin_folder / "_private.py").write_text("1 / 0")
    assert broken_of(discover(), "_private") == []


def test_the_folder_stays_as_it_was(plugin_folder):
    (plugin_folder / "tea.py").write_text(GOOD.format(name="tea"))
    discover()
    assert not (plugin_folder / "dropin.cache").exists()


def points(*entries):
    return lambda group: [metadata.EntryPoint(name, value, group) for name, value in entries]


def test_entry_points_are_a_source_and_the_same_plugin_counts_once(monkeypatch):
    monkeypatch.setattr(
        metadata,
        "entry_points",
        points(
            ("echo", "sockservice.plugins.echo:echo"), ("gone", "no_such_module:x"), ("odd", "sockservice.errors:Place")
        ),
    )
    found = discover()
    assert [service.place for service in found.services if service.name == "echo"] == [
        discover("echo").services[0].place
    ]
    assert broken_of(found, "echo") == []
    assert broken_of(found, "gone") == ["ModuleNotFoundError: No module named 'no_such_module'"]
    assert "provides neither IStreamService nor IDatagramService" in broken_of(found, "odd")[0]


def test_a_service_of_an_entry_point_alone_is_found(plugin_folder, monkeypatch):
    (plugin_folder / "_tea.py").write_text(GOOD.format(name="tea"))
    monkeypatch.setattr(metadata, "entry_points", points(("tea", "sockservice.plugins._tea:good")))
    assert discover("tea").service("tea").place == "entry point sockservice.plugins._tea:good"


def test_an_unknown_service_names_the_nearest():
    with pytest.raises(ConfigurationError, match=r"there is no service 'ehco'; did you mean 'echo'\?"):
        discover("ehco").service("ehco")


def test_verify_takes_what_keeps_the_contract():
    @implementer(IPlugin, IStreamService)
    class Fine:
        name, summary, default_port, options = "fine", "", 0, None

        def stream_factory(self, host): ...

    verify(Fine())


def test_the_listing_has_a_line_for_each_service_and_each_broken_plugin(plugin_folder):
    (plugin_folder / "broken.py").write_text("import no_such_module")
    (plugin_folder / "kitchen.py").write_text(GOOD.format(name="tea"))
    lines = listing(discover()).splitlines()
    [echo] = [line for line in lines if line.startswith("echo ")]
    assert echo.split()[1:3] == ["stream+datagram", "7"]
    assert echo.endswith("  built in")
    [tea] = [line for line in lines if line.startswith("tea ")]
    assert tea.endswith(f"  {plugin_folder / 'kitchen.py'}")
    assert (
        f"BROKEN  broken  {plugin_folder / 'broken.py'}: ModuleNotFoundError: No module named 'no_such_module'"
    ) in lines
