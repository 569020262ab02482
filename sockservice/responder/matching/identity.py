"""Names of users and databases, which may carry the name of a workspace: ``app@w1``."""

from __future__ import annotations


def before_workspace(name: str) -> str:
    """The name without the workspace that stands behind its last ``@``."""
    before, _, _ = name.rpartition("@")
    return before or name
