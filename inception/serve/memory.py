"""What the C library keeps of the memory that was freed, and how it is given back to the system."""

import asyncio
import ctypes

_PAUSE = 60.0  # seconds


def give_back() -> None:
    """Give free memory back to the system: malloc_trim(3). Nothing where the C library has no such function."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def give_back_regularly(pause: float = _PAUSE) -> None:
    """Do so every `pause` seconds until cancelled.

    glibc takes blocks of up to 32 MB from its heap once some were freed, and keeps what is free between others that
    live: after many large requests at a time a server would hold three times what it needs. To have each such block
    given back at once (M_MMAP_THRESHOLD) would double what the gateway computes for a large request.
    """
    while True:
        await asyncio.sleep(pause)
        await asyncio.to_thread(give_back)
