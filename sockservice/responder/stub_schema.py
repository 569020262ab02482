"""The JSON Schema of stub files, made from the types that validate them: editors complete and check by it.

``stubs.schema.json`` beside this module is the same as a file, which a line at the top of a stub file may name.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec

from sockservice.responder.message_words import MessageFile
from sockservice.responder.stub_file import StubFile


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12), which refers to nothing outside of itself."""
    (of_mysql, of_messages), parts = msgspec.json.schema_components(
        (StubFile, MessageFile), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sockservice stub file",
        "if": {"properties": {"service": {"enum": ["stream", "datagram"]}}, "required": ["service"]},
        "then": of_messages,
        "else": of_mysql,
        "$defs": _dedented(parts),
    }


def _dedented(part: Any) -> Any:
    """A part of the schema whose descriptions are without the indentation of docstrings, which msgspec 0.22 leaves."""
    if isinstance(part, dict):
        return {
            key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _dedented(value)
            for key, value in part.items()
        }
    return [_dedented(item) for item in part] if isinstance(part, list) else part


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
