"""A few rounds of `make faults`, one for each victim: killed in the middle of fifty statements, resumed, rolled back."""

import random

from tests.end_to_end.conftest import Shop
from tests.faults import VICTIMS, Rounds, gateway_before
from tests.servers import MariaDB

_MOST = 5 * len(VICTIMS)


def test_rounds_of_kill() -> None:
    """Every victim once, and on until a statement was cut off: a busy machine may die between two of them."""
    with MariaDB() as target, MariaDB() as backup:
        target.start(durable=True)
        backup.start(durable=True)
        with gateway_before(backup) as gateway:
            rounds = Rounds(Shop(gateway.start(), target, backup), random.Random(7), variants=1)
            for number in range(_MOST):
                rounds.one(number, VICTIMS[number % len(VICTIMS)])
                if number + 1 >= len(VICTIMS) and _cut_off(rounds):
                    break
    assert rounds.problems == []
    assert _cut_off(rounds), "no statement was cut off"


def _cut_off(rounds: Rounds) -> int:
    return rounds.seen["committed"] + rounds.seen["not committed"]
