"""A session's system variables: a mapping that tells when one is set, so that nobody need look for changes."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from typing import Any


class SessionVariables(UserDict[str, Any]):
    """System variable (lower case) to this session's value, where it was set.

    Args:
        changed: called with the name of each variable that was set or removed, after that.
    """

    def __init__(self, changed: Callable[[str], None]) -> None:
        super().__init__()
        self._changed = changed

    def get(self, name: str, default: Any = None) -> Any:
        """As of any dict: UserDict's own takes a way of its own, which is long for what every statement asks."""
        return self.data.get(name, default)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._changed(name)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._changed(name)

    def __ior__(self, other: Any) -> SessionVariables:  # type: ignore[override,misc]
        self.update(other)
        return self
