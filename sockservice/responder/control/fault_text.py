"""A fault named in a statement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sockservice.documents import survey_text
from sockservice.responder.faults.fault import Fault
from sockservice.responder.faults.fault_reader import read_fault


def fault_of(name: str, parameters: str = "") -> Fault:
    """The fault of a name.

    Args:
        name: for example ``deadlock``.
        parameters: a map in YAML, of which JSON is a part: ``{"times": 2}``; or the one value that the fault is
            mainly about: ``1200`` for ``disconnect_after_rows``.

    Raises:
        ValueError: there is no such fault, or it does not take that.
        ConfigurationError: the parameters are not YAML.
    """
    if not parameters.strip():
        return read_fault(name)
    value: Any = survey_text(parameters, Path("parameters"), object).value
    return read_fault({name: value})
