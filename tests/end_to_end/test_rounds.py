"""A few rounds of `make faults`, one for each victim: killed in the middle of fifty statements, resumed, rolled back."""

import random

from tests.end_to_end.conftest import Shop
from tests.faults import VICTIMS, Rounds, gateway_before
from tests.servers import MariaDB


def test_rounds_of_kill() -> None:
    with MariaDB() as target, MariaDB() as backup:
        target.start(durable=True)
        backup.start(durable=True)
        with gateway_before(backup) as gateway:
            rounds = Rounds(Shop(gateway.start(), target, backup), random.Random(7), variants=1)
            for number, victim in enumerate(VICTIMS):
                rounds.one(number, victim)
    assert rounds.problems == []
    assert rounds.seen["committed"] + rounds.seen["not committed"], "no statement was cut off"
