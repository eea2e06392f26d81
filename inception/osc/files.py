"""The private files of a run: the account stands in one, so that no process list and no other user can see it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inception.osc.command import option_file
from inception.server import Address

ACCOUNT = "account.cnf"
"""The option file's name."""
_DIRECTORY = "inception-osc-"  # and the worker's process id


@contextmanager
def private_directory(address: Address) -> Iterator[Path]:
    """Make a directory that nobody else may enter, with the option file; it is removed afterwards.

    Directories of workers that were killed are removed by the next one.
    """
    for path in Path(tempfile.gettempdir()).glob(f"{_DIRECTORY}*"):
        owner = path.name.removeprefix(_DIRECTORY).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            remove_directory(path)
    path = Path(tempfile.mkdtemp(prefix=f"{_DIRECTORY}{os.getpid()}-"))
    try:
        with os.fdopen(os.open(path / ACCOUNT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(option_file(address))
        yield path
    finally:
        remove_directory(path)


def remove_directory(directory: Path) -> None:
    """Remove a private directory with its files, where it is still there."""
    with suppress(OSError):  # another's, or removed by another worker just now
        for path in directory.iterdir():
            path.unlink()
        directory.rmdir()
