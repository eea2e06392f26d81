"""What is told of tasks, and what is kept of those that have ended."""

import time

import pytest

from inception.batch.options import Mode, Options
from inception.errors import Stopped
from inception.gateway import tasks
from inception.gateway.messages import Row
from inception.gateway.tasks import Task, Tasks
from inception.gateway.turns import Turn
from inception.progress import Problem, Progress, State

ROW: Row = (1, "EXECUTED", 0, "Execute Successfully", None, "x" * 5000, 1, "'1_1_0'", "None", "0.001", "")


def task(number: int, sequence: str = "", **progress: object) -> Task:
    options = Options(Mode.EXECUTE, host="h", port=1, password="secret", sequence=sequence)
    return Task(number, options, "", Turn("h:1", "", has_come=True), Progress(**progress))  # type: ignore[arg-type]


def orphan(number: int) -> Task:
    made = task(number)
    made.orphaned = True
    return made


def test_the_latest_of_each_name_is_listed_in_order_of_their_beginning() -> None:
    known = Tasks()
    first, again, other = task(1, "a"), task(2, "a"), task(3)
    known.add(first)
    known.end(first, Stopped("killed"), [])
    for each in (other, again):
        known.add(each)
    assert [(each.name, each.stage) for each in known.all()] == [("a", "New"), ("3", "New")]
    known.end(other, None, [])
    assert [(each.name, each.stage) for each in known.all()] == [("a", "New"), ("3", "Finished")]
    assert known.find("b") is None


def test_the_first_of_too_many_ended_tasks_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_MOST_ENDED", 3)
    known = Tasks()
    for number in range(1, 6):
        known.end(task(number), None, [])
    assert sorted(each.name for each in known.all()) == ["3", "4", "5"]


def test_the_texts_of_an_ended_task_are_cut() -> None:
    known = Tasks()
    problem = Problem(1, "m" * 5000, "r" * 5000, "w")
    known.end(task(1, current="s" * 5000, reason="t" * 5000, problem=problem), None, [])
    told = known.find("1")
    assert told is not None
    assert told.ended
    assert (told.statement, told.reason) == ("s" * 1024, "t" * 1024)
    assert told.problem == Problem(1, "m" * 1024, "r" * 1024, "w")


def test_an_error_is_told_with_what_to_do_about_it() -> None:
    known = Tasks()
    known.end(task(1, state=State.EXECUTING), Stopped("killed"), [])
    told = known.find("1")
    assert told is not None
    assert told.whole["taskStatus"] == "Error - killed"
    assert told.whole["result"] == {"code": 2570, "msg": "killed", "reason": "", "workaround": ""}


def test_an_ended_task_is_listed_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    known = Tasks()
    known.end(task(1), None, [])
    now[0] += 86400
    assert [each.name for each in known.all()] == ["1"]
    now[0] += 1
    assert known.all() == []


def test_the_rows_of_a_client_that_is_gone_are_kept_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_MOST_ROWS", 10_000)
    known = Tasks()

    def kept(number: int) -> list[Row] | None:
        told = known.find(str(number))
        return told.rows if told is not None else None

    known.end(task(1), None, [ROW])
    known.end(orphan(2), None, [ROW] * 2)
    known.end(orphan(3), None, [ROW] * 3)
    short = (*ROW[:5], "x" * 1024, *ROW[6:])
    assert [kept(1), kept(2), kept(3)] == [None, [short] * 2, [short] * 3]
    known.end(orphan(4), None, [ROW] * 2)
    assert [kept(2), kept(3), kept(4)] == [[], [short] * 3, [short] * 2]  # the oldest makes room
    known.end(orphan(5), None, [ROW] * 9)
    assert [kept(3), kept(4), kept(5)] == [[], [], [short] * 5]
