"""The faults by name: errors of statements, logins, endings of connections, results and packets, waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.faults.fault import Duration, Parameters
from sockservice.responder.faults.named_faults import endings, errors, logins, results, waits

FAULTS: Final[Mapping[str, type[Parameters]]] = {
    fault.name: fault for group in (errors, logins, endings, results, waits) for fault in group.FAULTS
}
"""Every fault."""


def _written(fault: type[Parameters]) -> Any:
    """What may stand behind the name of a fault: its parameters, or the value of the main one."""
    described = Meta(description=(fault.__doc__ or "").partition("\n")[0])
    if not fault.main:
        return Annotated[fault, described] | UnsetType
    if fault.main in fault.delays:
        return Annotated[fault | Duration, described] | UnsetType  # a map here is that of the parameters
    (main,) = (field.type for field in msgspec.structs.fields(fault) if field.name == fault.main)
    return Annotated[fault | main, described] | UnsetType


if TYPE_CHECKING:
    FaultWords: TypeAlias = Any
else:
    FaultWords = msgspec.defstruct(
        "FaultWords",
        [(name, _written(fault), UNSET) for name, fault in FAULTS.items()],
        frozen=True,
        forbid_unknown_fields=True,
        module=__name__,
        namespace={"__doc__": "One fault: its name, and its parameters or the value of the main one."},
    )

FaultEntry: TypeAlias = Annotated[
    str | FaultWords,
    Meta(description="A fault: its name, or a map from that to its parameters or the value of its main one."),
]
"""A fault as it is written in stub files: ``hang``, ``{disconnect_after_rows: 1200}``, ``{deadlock: {times: 2}}``."""

FAULT_ENTRY: Final[Any] = FaultEntry
"""The same, where a value is wanted and no annotation."""
