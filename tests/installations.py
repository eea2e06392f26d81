"""Where the programs and files of database servers are: installed on this machine, or unpacked by fetch.py."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CACHE = Path(__file__).resolve().parent.parent / ".cache"
_PROGRAMS = ("usr/sbin/mariadbd", "usr/sbin/mysqld", "usr/bin/mysql", "usr/bin/mariadb-binlog")


@dataclass(frozen=True)
class Installation:
    """The files of a database server, or of a command line. `program` is the start of its argv: an unpacked one needs its own loader in front."""

    program: tuple[str, ...]
    base: Path
    share: Path
    plugins: Path | None = None

    @cache  # noqa: B019 - there are three of them
    def version(self) -> str:
        """Return the line in which the program says what it is."""
        asked = [*self.program, "--no-defaults", "--version"]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    @classmethod
    def unpacked(cls, home: Path) -> "Installation | None":
        """Return what fetch.py unpacked into `home`, or None if there is nothing.

        It runs on its own C library, whatever this machine's is.
        """
        root = home / "root"
        programs = [root / path for path in _PROGRAMS if (root / path).is_file()]
        loaders = sorted(root.glob("usr/lib/*/ld-linux-*.so.*")) or sorted(root.glob("lib/*/ld-linux-*.so.*"))
        if not programs or not loaders:
            return None
        libraries = ":".join(str(path) for path in [*root.glob("usr/lib/*-linux-gnu"), *root.glob("lib/*-linux-gnu")])
        argv = (str(loaders[0]), "--library-path", libraries, str(programs[0]))
        return cls(argv, root / "usr", _share(root / "usr"), root / "usr/lib/mysql/plugin")

    @classmethod
    def system(cls, program: str) -> "Installation | None":
        """Return the server that is installed on this machine, or None."""
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if found is None:
            return None
        base = Path(found).resolve().parent.parent
        return cls((found,), base, _share(base))


def _share(base: Path) -> Path:
    """Return where the messages and system tables are; Debian's MariaDB moved them once."""
    moved = base / "share/mariadb"
    return moved if (moved / "charsets").is_dir() else base / "share/mysql"


def why_not_fetched(name: str) -> str:
    """Return why fetch.py did not get a server, as it noted itself."""
    note = CACHE / name / "unavailable.txt"
    return note.read_text().strip() if note.exists() else f"run `python -m tests.fetch {name}`."


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time fetch or make what is kept there; `path` is the file that is locked."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
