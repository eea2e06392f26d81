"""Looks for pt-online-schema-change on this machine."""

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from inception.osc.command import PROGRAM, environment
from inception.world import Tool

_VERSION = re.compile(rf"{PROGRAM} (\d+)\.(\d+)\.(\d+)")
_SECONDS = 20
_REMEDY = (
    f"Install percona-toolkit on this machine, or set inception_osc_bin_dir to where {PROGRAM} is and start the "
    "server again, or set inception_osc_on=OFF"
)


def find_tool(directory: str) -> Tool:
    """Return the tool of a directory, of PATH where that is ''; one with a problem where it can't be used."""
    path = str(Path(directory) / PROGRAM) if directory else shutil.which(PROGRAM)
    if path is None or not os.access(path, os.X_OK):
        where = f"in {directory}" if directory else "in PATH"
        return Tool(problem=f"There is no {PROGRAM} {where}. {_REMEDY}.")
    return _look_at(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _look_at(path: str, _changed: int) -> Tool:
    """Ask a program for its version, once for each state of its file."""
    try:
        done = subprocess.run(  # noqa: S603 - the path is the configuration's
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=_SECONDS,
            stdin=subprocess.DEVNULL, env=environment("/nonexistent"), check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Tool(path, problem=f"{path} could not be run ({error}). {_REMEDY}.")
    found = _VERSION.search(done.stdout)
    if found is None:
        said = (done.stderr or done.stdout).strip()[:300]
        return Tool(path, problem=f"{path} does not tell its version ({said}). {_REMEDY}.")
    major, minor, patch = map(int, found.groups())
    return Tool(path, (major, minor, patch))
