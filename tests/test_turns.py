"""Whose turn it is, without any server."""

import asyncio

import pytest

from inception.errors import Stopped, TooManyWaiting
from inception.gateway.turns import Turn, TurnLimits, Turns


async def _run(turns: Turns, turn: Turn, until: asyncio.Event) -> None:
    async with turns.granted(turn):
        await until.wait()


async def _rest() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_turns_come_in_order_within_the_limits_of_target_and_user() -> None:
    async def scenario() -> None:
        turns = Turns(lambda: TurnLimits(running=3, per_target=2, per_user=2))
        end = asyncio.Event()
        asked = [turns.ask(*who) for who in (("a", "u"), ("a", "u"), ("a", "v"), ("b", "u"), ("b", "v"), ("c", "w"))]
        tasks = [asyncio.ensure_future(_run(turns, turn, end)) for turn in asked]
        await _rest()
        # the third waits for its target, the fourth for its user, the sixth for all
        assert [turn.has_come for turn in asked] == [True, True, False, False, True, False]
        assert [turn.before for turn in asked] == [0, 0, 0, 1, 0, 2]
        end.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        assert all(turn.has_come for turn in asked)

    asyncio.run(scenario())


def test_one_that_ends_makes_room_for_the_first_that_fits() -> None:
    async def scenario() -> None:
        turns = Turns(lambda: TurnLimits(running=1))
        ends = [asyncio.Event() for _ in range(3)]
        asked = [turns.ask("t", "u") for _ in range(3)]
        tasks = [asyncio.ensure_future(_run(turns, *each)) for each in zip(asked, ends, strict=True)]
        for number in range(3):
            await _rest()
            assert [turn.has_come for turn in asked] == [each <= number for each in range(3)]
            ends[number].set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)

    asyncio.run(scenario())


def test_one_that_is_stopped_or_cancelled_while_it_waits_leaves_the_line() -> None:
    async def scenario() -> None:
        turns = Turns(lambda: TurnLimits(running=1))
        end = asyncio.Event()
        asked = [turns.ask("t", "u") for _ in range(4)]
        tasks = [asyncio.ensure_future(_run(turns, turn, end)) for turn in asked]
        await _rest()
        asked[1].stop("killed")
        tasks[2].cancel()
        await _rest()
        with pytest.raises(Stopped, match="killed"):
            await tasks[1]
        assert tasks[2].cancelled()
        assert asked[3].before == 0
        end.set()
        await asyncio.wait_for(tasks[3], 10)

    asyncio.run(scenario())


def test_a_target_has_a_limit_of_its_own() -> None:
    async def scenario() -> None:
        turns = Turns(lambda: TurnLimits(running=9, per_target=3))
        assert [turns.ask("t", "u", most=1).has_come for _ in range(2)] == [True, False]
        assert turns.ask("other", "u").has_come

    asyncio.run(scenario())


def test_no_more_wait_than_may() -> None:
    async def scenario() -> None:
        turns = Turns(lambda: TurnLimits(running=2, per_target=1, waiting=1))
        for _ in range(2):
            turns.ask("t", "u")
        with pytest.raises(TooManyWaiting, match="1 requests wait"):
            turns.ask("t", "u")
        assert turns.ask("free", "u").has_come  # who need not wait is taken all the same

    asyncio.run(scenario())
