"""The directive ``interfaces``: every zope interface of a module, documented from its source.

autodoc does not know zope interfaces, and an interface forgets its annotations and keyword-only arguments once it
is made. So this reads the source, as :mod:`sphinx.ext.autodoc` would a class.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.ext.napoleon import GoogleDocstring
from sphinx.util.docutils import SphinxDirective

INDENT = "   "


def is_interface(node: ast.stmt) -> bool:
    """Whether a class derives from ``Interface`` or from something named like one: ``ISocket``, ``IProtocol``."""
    bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
    return any(base == "Interface" or (base[:1] == "I" and base[1:2].isupper()) for base in bases)


def interface_lines(interface: ast.ClassDef) -> Iterator[str]:
    """One interface as reStructuredText."""
    bases = ", ".join(ast.unparse(base) for base in interface.bases)
    yield from (f".. py:class:: {interface.name}({bases})", "")
    yield from indented(ast.get_docstring(interface) or "")
    for node in interface.body:
        yield from indented("\n".join(member_lines(node)))


def member_lines(node: ast.stmt) -> Iterator[str]:
    """One method or ``Attribute`` of an interface; nothing for what else stands in a class."""
    if isinstance(node, ast.FunctionDef):
        result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield from (f".. py:method:: {node.name}({ast.unparse(node.args)}){result}", "")
        yield from indented(str(GoogleDocstring(ast.get_docstring(node) or "")))
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
        yield from (f".. py:attribute:: {ast.unparse(node.targets[0])}", "")
        yield from indented(str(ast.literal_eval(node.value.args[0])))


def indented(text: str) -> list[str]:
    return [f"{INDENT}{line}".rstrip() for line in inspect.cleandoc(text).splitlines()] + [""]


class InterfacesDirective(SphinxDirective):
    """``.. interfaces:: MODULE``, or names after it to choose some; inside ``eval-rst``, as what it makes is RST."""

    required_arguments = 1
    optional_arguments = 100

    def run(self) -> list[nodes.Node]:
        """Read the module's source and parse what is made of it."""
        module, *chosen = self.arguments
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            raise self.error(f"there is no module {module}")
        self.env.note_dependency(spec.origin)
        tree = ast.parse(Path(spec.origin).read_text())
        found = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef) and is_interface(node)}
        if unknown := set(chosen) - found.keys():
            raise self.error(f"{module} has no interface {', '.join(sorted(unknown))}")
        lines = [f".. py:currentmodule:: {module}", ""]
        for name in chosen or found:
            lines += interface_lines(found[name])
        content = nodes.section()
        content.document = self.state.document
        self.state.nested_parse(StringList(lines, spec.origin), 0, content)
        return content.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("interfaces", InterfacesDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
