"""Memory that was freed is given back to the system."""

import asyncio
from pathlib import Path

from inception.serve.memory import give_back_regularly
from tests.servers import wait_until

BLOCK, COUNT = 100_000, 1000  # smaller than what malloc takes from the system one by one


def resident() -> int:
    """Return the resident memory of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024


def test_what_lies_between_blocks_that_live_is_given_back() -> None:
    blocks = [b"x" * BLOCK for _ in range(COUNT)]
    blocks = blocks[-1:]
    before = resident()

    async def until_given_back() -> None:
        regularly = asyncio.ensure_future(give_back_regularly(0.01))
        await asyncio.to_thread(wait_until, lambda: resident() < before - BLOCK * COUNT / 2)
        regularly.cancel()

    asyncio.run(until_given_back())
    assert len(blocks) == 1
