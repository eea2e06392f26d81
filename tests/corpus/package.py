"""MariaDB's package of tests, as the corpus: fetched with this machine's own apt into .cache, never committed."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.scripts import statements
from tests.fetch import SECONDS, Unavailable, run
from tests.installations import CACHE, locked

_PACKAGE = "mariadb-test-data"


def fetch() -> Path:
    """Return the directory with the unpacked scripts, fetched now if need be. Raises Unavailable with the reason."""
    home = CACHE / _PACKAGE
    home.mkdir(parents=True, exist_ok=True)
    with locked(home / "lock"):
        if not (home / "root").exists():
            end = time.monotonic() + SECONDS
            run(["apt-get", "-qq", "-o", "APT::Sandbox::User=", "download", _PACKAGE], dict(os.environ), end, b"", home)
            debs = sorted(home.glob("*.deb"))
            if not debs:
                raise Unavailable(f"apt has no package {_PACKAGE}.")
            archive = run(["dpkg-deb", "--fsys-tarfile", str(debs[-1])], dict(os.environ), end)
            fresh = home / "fresh"
            fresh.mkdir(exist_ok=True)
            run(["tar", "-x", "-C", str(fresh), "--wildcards", "*.test", "*.inc"], dict(os.environ), end, archive)
            fresh.rename(home / "root")
            for deb in debs:
                deb.unlink()
    return home / "root"


def scripts(home: Path) -> Iterator[list[str]]:
    """Yield the statements of each script; those that are no UTF-8 are left out."""
    for path in sorted(home.rglob("*")):
        if path.suffix in (".test", ".inc") and path.is_file():
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            found = [each for each in statements(text) if each.isprintable() or _is_text(each)]
            if found:
                yield found


def _is_text(statement: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in statement)
