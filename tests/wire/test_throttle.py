"""Failed logins slow an address down."""

import time

import pymysql
import pytest

from inception.wire.throttle import Throttle
from tests.wire.conftest import Start
from tests.wire.support import native_user


def test_a_few_failures_cost_nothing() -> None:
    throttle = Throttle()
    for number in range(1, 3):
        assert throttle.failed("a", 0.0) == number
        assert throttle.wait("a", 0.0, 5.0) == 0.0


def test_the_wait_doubles_and_is_bounded() -> None:
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(12):
        throttle.failed("a", now)
        wait = throttle.wait("a", now, 100.0)
        assert wait is not None
        waits.append(wait)
        now += wait
    assert waits[:6] == [0.0, 0.0, 0.25, 0.5, 1.0, 2.0]
    assert waits[-1] == 8.0


def test_logins_at_the_same_time_wait_one_behind_the_other_until_there_is_no_place() -> None:
    throttle = Throttle()
    for _ in range(3):
        throttle.failed("a", 0.0)
    waits = [throttle.wait("a", 0.0, 1.0) for _ in range(6)]
    assert waits == [0.25, 0.5, 0.75, 1.0, None, None]
    assert throttle.wait("b", 0.0, 1.0) == 0.0


def test_a_minute_without_a_failure_forgives() -> None:
    throttle = Throttle()
    for _ in range(10):
        throttle.failed("a", 0.0)
    assert throttle.wait("a", 61.0, 5.0) == 0.0
    assert throttle.failed("a", 61.0) == 1


def test_many_addresses_take_bounded_memory() -> None:
    throttle = Throttle()
    for number in range(10_100):
        for _ in range(3):
            throttle.failed(str(number), 0.0)
    assert throttle.wait("0", 0.0, 5.0) == 0.0  # long forgotten
    assert throttle.wait("10099", 0.0, 5.0) == 0.25


def test_guessing_is_slow_for_the_guesser_and_refused_in_the_end(start: Start) -> None:
    server = start(native_user("dba", "right"), login_timeout=1.5)
    codes, began = [], time.monotonic()
    for number in range(8):
        with pytest.raises(pymysql.OperationalError) as caught:
            server.connect("dba", f"guess {number}")
        codes.append(caught.value.args[0])
    assert codes[:3] == [1045] * 3
    assert codes[-1] == 1129
    assert time.monotonic() - began > 0.7
