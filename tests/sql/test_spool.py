"""Rows in flat memory."""

from __future__ import annotations

import pytest

from sockservice.sql.spool import Spool


@pytest.mark.parametrize("pieces", [[], [[]], [[(1, "a")]], [[(1,), (2,)], [], [(3,)]]])
def test_rows_are_read_as_often_as_one_likes(pieces: list[list[tuple[object, ...]]]) -> None:
    spool = Spool()
    for piece in pieces:
        spool.add(piece)
    every = [row for piece in pieces for row in piece]
    assert list(spool) == list(spool) == every
    assert len(spool) == len(every)
