"""Where the random numbers of a stub come from, so that runs repeat where the file has a seed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace


@attrs.frozen(eq=False)
class Dice:
    """The random numbers of one stub.

    With a seed, a stub has a sequence of its own in each workspace, so that neither the other stubs nor the other
    workspaces change what it gives; it begins anew when the workspace is reset or the file is read again.

    Attributes:
        name: the stub's.
        seed: the file's; None: the numbers are the workspace's, and no two runs are the same.
    """

    name: str = ""
    seed: int | None = None

    def random(self, workspace: Workspace) -> Random:
        """The stub's random numbers in a workspace."""
        if self.seed is None:
            return workspace.random
        random = workspace.randoms.get(self)
        if random is None:
            random = workspace.randoms[self] = Random(f"{self.seed}\0{self.name}")  # noqa: S311 - no secret
        return random
