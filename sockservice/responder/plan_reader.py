"""The ``then`` of a stub as a plan, made once when the file is loaded."""

from __future__ import annotations

from typing import Any

import attrs

from sockservice.documents import Document, Keys
from sockservice.responder.answer_reader import AnswerReader
from sockservice.responder.journal import Source
from sockservice.responder.plan import Plan, constant
from sockservice.responder.stub_file import StubEntry


@attrs.frozen
class PlanReader:
    """Makes plans out of the ``then`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
    """

    document: Document[Any]

    def plan(self, entry: StubEntry, name: str, keys: Keys) -> Plan:
        """The plan that a stub's ``then`` describes.

        Args:
            entry: the stub.
            name: what it is called.
            keys: the way to its ``then`` in the document.

        Raises:
            Mistakes: it describes none.
        """
        return constant(AnswerReader(self.document).answer(entry.then, keys), Source("stub", name))
