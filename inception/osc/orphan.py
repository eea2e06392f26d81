"""An online schema change whose worker process has died: nobody follows its tool, which must not go on by itself."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from inception.osc.clean import Cleaned, clean
from inception.osc.files import remove_directory
from inception.osc.job import Trail
from inception.server import Address

_PATIENCE = 10.0  # seconds for a process that was killed to be gone


def end_and_clean(address: Address, trail: Trail) -> Cleaned:
    """End the tool and remove what it left, here and on the target. Takes as long as `clean` may. Never raises."""
    end = time.monotonic() + _PATIENCE
    while _runs(trail) and time.monotonic() < end:
        with suppress(OSError):  # it has just ended
            os.kill(trail.pid, signal.SIGKILL)
        time.sleep(0.05)
    remove_directory(Path(trail.home))
    return clean(address, trail)


def _runs(trail: Trail) -> bool:
    """Tell whether it is the tool that has this number: its command line names the private directory."""
    try:
        return trail.home.encode() in Path(f"/proc/{trail.pid}/cmdline").read_bytes()
    except OSError:
        return False
