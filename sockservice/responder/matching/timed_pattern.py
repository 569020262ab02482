"""A regular expression of a stub's author, tried on a client's text for no longer than a moment.

Python's own ``re`` cannot be stopped: one like ``(a|aa)+b`` takes minutes on a text that it does not match, and every
other client waits. The package ``regex`` reads the same expressions and keeps a time limit.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Final

import attrs
from twisted.logger import Logger

LIMIT: Final = 0.05
"""Seconds that one evaluation may take. Nearly all take microseconds, and every client waits for this one."""
TOO_SLOW: Final = f"takes longer than {1000 * LIMIT:.0f} ms"

_SHOWN: Final = 200


@attrs.define(eq=False)
class TimedPattern:
    """A regular expression with the flags ``is``. A text that takes it too long is one that it does not match.

    Attributes:
        text: as in the file.
        compiled: the same, compiled.
        owner: who asks for it, for the log: the stub 'user by name'; ``""`` for nobody, and nothing is logged.
        overruns: how often it took too long.
    """

    text: str
    compiled: Any
    owner: str = ""
    overruns: int = 0
    # The text that took too long last, by its hash: a near miss asks for the same one again.
    _last: int | None = None
    _log: ClassVar[Logger] = Logger()

    @classmethod
    def of(cls, text: str) -> TimedPattern:
        """Compile one.

        Raises:
            ValueError: it is none.
        """
        # Most files have none, and it takes a tenth of the time to start.
        import regex

        try:
            with warnings.catch_warnings():
                # A doubtful pattern is the author's business, and no reason to print to the log of the service.
                warnings.simplefilter("ignore")
                return cls(text, regex.compile(text, regex.IGNORECASE | regex.DOTALL))
        except (regex.error, ValueError, OverflowError, RecursionError) as error:
            raise ValueError(f"the regular expression cannot be used: {error}") from None

    def fullmatch(self, text: str) -> Any | None:
        """The match with the whole text; None where there is none, or it takes too long."""
        return self._try(self.compiled.fullmatch, text)

    def search(self, text: str) -> Any | None:
        """The match with a part of a text; None as for :meth:`fullmatch`."""
        return self._try(self.compiled.search, text)

    def is_too_slow_for(self, text: str) -> bool:
        """Whether the last text for which it took too long is this one."""
        return self._last is not None and self._last == hash(text)

    def _try(self, match: Any, text: str) -> Any | None:
        if self.is_too_slow_for(text):
            return None
        try:
            return match(text, timeout=LIMIT)
        except TimeoutError:
            self._last = hash(text)
            self.overruns += 1
        if self.overruns == 1 and self.owner:
            self._log.warn(
                "the regular expression {pattern!r} of {owner} {slow} for a text of {length} characters: that "
                "counts as no match, and is told this once",
                pattern=self.text[:_SHOWN],
                owner=self.owner,
                slow=TOO_SLOW,
                length=len(text),
            )
        return None
