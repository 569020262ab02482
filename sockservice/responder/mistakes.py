"""All that is wrong with one part of a stub file."""

from __future__ import annotations

from sockservice.errors import ConfigurationError


class Mistakes(Exception):
    """What is wrong with one stub; ``found`` are the errors, each with its place."""

    def __init__(self, found: list[ConfigurationError]) -> None:
        super().__init__()
        self.found = found
