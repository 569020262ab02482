from __future__ import annotations

import pytest

from sockservice.sql import spool
from sockservice.sql.spool import Spool


@pytest.mark.parametrize("kept", [spool.IN_MEMORY, 10])
def test_rows_are_read_as_often_as_one_likes(monkeypatch, kept):
    monkeypatch.setattr(spool, "IN_MEMORY", kept)
    rows = Spool()
    rows.add([(1, "a"), (2, None)])
    rows.add([(3, b"\0")])
    assert len(rows) == 3
    assert list(rows) == list(rows) == [(1, "a"), (2, None), (3, b"\0")]


def test_there_may_be_no_rows():
    assert list(Spool()) == []
