"""Processes below a process, and what they are connected to, as /proc tells."""

import contextlib
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """Return the processes below one, workers and the forkserver among them."""
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, rest = path.read_text().split(" (", 1)
            if int(rest.rsplit(")", 1)[1].split()[1]) in {pid, *found}:
                found.add(int(number))
    return found


def all_descendants(pid: int) -> set[int]:
    """Return the processes below one, at every depth."""
    found = descendants(pid)
    for _ in range(3):
        for child in list(found):
            found |= descendants(child)
    return found


def connects_to(pid: int, port: int) -> bool:
    """Tell whether a process has a TCP connection to a local port."""
    inodes = set()
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            inodes.add(str(path.readlink()))
    try:
        lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    except OSError:  # it has ended
        return False
    return any(int(each[2].split(":")[1], 16) == port and f"socket:[{each[9]}]" in inodes for each in lines)
