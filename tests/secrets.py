"""The passwords of the tests: they can be told from anything else, so that whoever keeps or shows one is found.

All have MARK in them, whatever else they are made of, and however they are quoted. Each server that a test starts is
looked through when it ends (`found_in`): data, logs, all that was ever written to its binary log. What a gateway sends
to its clients and how it starts programs is looked at as it happens (tests/watched.py).
"""

import mmap
from collections.abc import Iterator
from pathlib import Path

MARK = "Sesame7"
ACCOUNT, PASSWORD = "dba", f"pw-{MARK}"
"""An account with all privileges that every database server has: what batches of tests use."""


def awkward(text: str) -> str:
    """Return a password that begins and ends with a text that is awkward to mask."""
    return f"{text}{MARK}{text}"


def unseen(text: str) -> str:
    """Return a text that no password may stand in; AssertionError where one does."""
    assert MARK not in text, f"A password is shown: {text}"
    return text


def found_in(path: Path) -> Iterator[str]:
    """Yield where in a file, or in those of a directory, a password stands: the file, and what is around it."""
    files = (each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    for file in files:
        if file.stat().st_size:
            with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
                if (place := content.find(MARK.encode())) >= 0:
                    yield f"{file} at {place}: {content[max(0, place - 200) : place + 50]!r}"
