"""A little of the garbage of fuzz.py; and texts nested deeper than anything can follow."""

import pytest

from inception.server import ServerVersion
from inception.world import Server
from tests.batch.fuzz import NESTS, attack, judge


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_nothing_but_findings_come_of_garbage(start: int) -> None:
    for seed in range(start, start + 50):
        attack(seed)


@pytest.mark.parametrize("depth", [50, 5000])
@pytest.mark.parametrize("nest", NESTS, ids=lambda nest: nest[0] + nest[1])
def test_nesting_has_no_end(nest: tuple[str, str, str, str], depth: int) -> None:
    before, opening, middle, closing = nest
    judge(before + opening * depth + middle + closing * depth, Server(ServerVersion.parse("8.0.36"), {"sql_mode": ""}))
