"""EXPLAINs a second: one limit for all that ask the same target, in whatever process they run."""

import multiprocessing
import time
from multiprocessing.connection import Connection as Pipe

import pytest

from inception.introspect import rate

_LONG = 1000.0  # seconds between turns that no test waits for


def test_turns_of_a_target_keep_their_distance() -> None:
    spacing = rate.Spacing()
    turns = [spacing.take("here", _LONG) for _ in range(4)]
    assert [later - turns[0] for later in turns] == pytest.approx([0, _LONG, 2 * _LONG, 3 * _LONG])
    assert spacing.take("there", _LONG) < turns[1]


def test_who_asks_slowly_finds_the_next_turn_free() -> None:
    spacing = rate.Spacing()
    first = spacing.take("here", 0.001)
    time.sleep(0.01)
    assert spacing.take("here", _LONG) > first + 0.001


def _take(spacing: rate.Spacing, answers: Pipe) -> None:
    answers.send(spacing.take("here", _LONG))


def test_processes_share_the_turns() -> None:
    spacing = rate.Spacing()
    context = multiprocessing.get_context("forkserver")
    found = [spacing.take("here", _LONG)]
    for _ in range(2):
        ours, theirs = context.Pipe()
        process = context.Process(target=_take, args=(spacing, theirs))
        process.start()
        found.append(ours.recv())
        process.join()
        ours.close()
        theirs.close()
    found.append(spacing.take("here", _LONG))
    assert [turn - found[0] for turn in found] == pytest.approx([0, _LONG, 2 * _LONG, 3 * _LONG])


def test_it_waits_until_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 1e9)
    monkeypatch.setattr(time, "sleep", slept.append)
    for _ in range(4):
        rate.Rate("a test's own target", 50).wait()
    assert slept == pytest.approx([0.0, 0.02, 0.04, 0.06])
