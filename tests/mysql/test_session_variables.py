"""Variables that tell when they are set."""

from __future__ import annotations

from sockservice.mysql.session_variables import SessionVariables


def test_every_way_of_setting_and_removing_is_told():
    told = []
    variables = SessionVariables(told.append)
    variables["a"] = 1
    variables.update(b=2)
    variables |= {"c": 3}
    variables.setdefault("d", 4)
    variables.setdefault("d", 5)
    del variables["a"]
    variables.pop("b")
    variables.pop("b", None)
    assert told == ["a", "b", "c", "d", "a", "b"]
    assert variables == {"c": 3, "d": 4}
    variables.clear()
    assert sorted(told[6:]) == ["c", "d"]


def test_it_is_told_after_the_change():
    variables = SessionVariables(lambda name: seen.append(variables.get(name)))
    seen = []
    variables["a"] = 1
    del variables["a"]
    assert seen == [1, None]
