"""Fetch database servers, and a client, that this Debian release does not have, without installing them.

    python -m tests.fetch mysql            Oracle MySQL, from Debian unstable
    python -m tests.fetch mysql-client     its command line, from there too
    python -m tests.fetch mariadb-11.8     from Debian 13
    python -m tests.fetch mariadb-10.5     from Debian 11
    python -m tests.fetch mariadb-client   mariadb-binlog, from Debian 13
    python -m tests.fetch percona-toolkit  a newer pt-online-schema-change than Debian 12 has, from Debian unstable
    python -m tests.fetch galera           the library that makes a cluster of MariaDB, from Debian 12

A package and all it depends on, its C library included, is downloaded from the Debian mirror that this machine's apt
uses and unpacked into `.cache/<name>/root`, from where tests/servers.py runs it. Nothing is installed, no script of a
package runs, root is not needed. Where it can't be had, the reason is printed and kept for the tests to show.

Not a package manager: apt chooses, downloads and verifies; this only gives it a private directory to do so in.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.installations import CACHE, Installation, locked

SECONDS = 180.0  # for everything; what is fetched in time is kept
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Source:
    """The package of a server or a client, and the Debian suite it is in."""

    suite: str
    package: str
    # An index of unstable is valid for a week only, and a mirror may lag more than that. It is still verified by
    # signature; what is given up is the protection against being served an old one.
    may_be_old: bool = False
    only: str = ""  # one file of the package is wanted, that runs with what this machine has


SOURCES = {
    "mysql": Source("sid", "mysql-server-core", may_be_old=True),
    "mysql-client": Source("sid", "mysql-client-core", may_be_old=True),
    "mariadb-11.8": Source("trixie", "mariadb-server-core"),
    "mariadb-10.5": Source("bullseye", "mariadb-server-core-10.5"),
    "mariadb-client": Source("trixie", "mariadb-client"),
    "percona-toolkit": Source("sid", "percona-toolkit", may_be_old=True, only="usr/bin/pt-online-schema-change"),
    "galera": Source("bookworm", "galera-4", only="usr/lib/libgalera_smm.so"),
}

# Dependencies that neither needs to run: what only helper scripts and maintainer scripts use.
_UNNEEDED = re.compile(
    r"perl|perl-base|perl-modules-.*|libperl.*|libdb5.3.*|libgdbm.*|libbz2-1.0|libc-gconv-modules-extra|libtirpc-common"
    r"|mysql-common|mariadb-common|(mysql|mariadb)-client.*|gcc-\d+-base|debconf.*|tzdata.*|.*-doc"
)
_LEFT_PACKED = ("doc", "man", "locale", "zoneinfo", "lintian", "bug")


class Unavailable(Exception):
    """It can't be had here; the message says why."""


def fetch(name: str) -> Path:
    """Return the directory with that program, fetched now if it is not there. Raises Unavailable with the reason."""
    home = CACHE / name
    home.mkdir(parents=True, exist_ok=True)
    note = home / "unavailable.txt"
    with locked(home / "lock"):
        if not _is_there(SOURCES[name], home):
            try:
                _fetch(SOURCES[name], home, time.monotonic() + SECONDS)
            except Unavailable as error:
                note.write_text(f"{error}\n")
                raise
        note.unlink(missing_ok=True)
    return home


def _is_there(source: Source, home: Path) -> bool:
    return (home / "root" / source.only).is_file() if source.only else Installation.unpacked(home) is not None


def _fetch(source: Source, home: Path, end: float) -> None:
    private = home / "apt"
    shutil.rmtree(private, ignore_errors=True)
    environment = _private_apt(private, source, _mirror())
    run(["apt-get", "-qq", "update"], environment, end)
    names = [source.package] if source.only else _closure(source, environment, end)
    debs = private / "debs"
    debs.mkdir()
    run(["apt-get", "-qq", "download", *names], environment, end, directory=debs)
    _unpack(sorted(debs.glob("*.deb")), home, environment, end, source.only)
    if not _is_there(source, home):
        raise Unavailable(f"The package {source.package} holds no program that we know.")
    shutil.rmtree(private)


def _closure(source: Source, environment: dict[str, str], end: float) -> list[str]:
    """Return a package and what it needs to run."""
    simulated = run(["apt-get", "install", "--simulate", source.package], environment, end).decode()
    closure = re.findall(r"^Inst (\S+)", simulated, re.M)
    return [name for name in closure if name == source.package or not _UNNEEDED.fullmatch(name)]


def _mirror() -> str:
    """Return the address of the Debian mirror that this machine's apt has for its own release."""
    release = _os_release()
    if release.get("ID") != "debian":
        raise Unavailable(
            f"It is fetched from Debian's archive, and this machine runs {release.get('ID', 'no Debian')}."
        )
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Unavailable("It is fetched with apt-get and dpkg-deb, which this machine lacks.")
    if not KEYRING.exists():
        raise Unavailable(f"The keys of Debian's archive are not here: install debian-archive-keyring ({KEYRING}).")
    columns = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", columns, "Created-By: Packages"], capture_output=True, text=True
    ).stdout
    for line in listed.splitlines():
        address, suite, component = line.split(" ", 2)
        if suite in (release.get("VERSION_CODENAME"), "stable") and component == "main":
            return address
    raise Unavailable("This machine's apt has no mirror of Debian's archive among its sources.")


def _os_release() -> dict[str, str]:
    path = Path("/etc/os-release")
    text = path.read_text() if path.exists() else ""
    return {name: value.strip("'\"") for name, value in re.findall(r"^(\w+)=(.*)$", text, re.M)}


def _private_apt(private: Path, source: Source, mirror: str) -> dict[str, str]:
    """Make a private apt that knows one suite and an empty machine; return the environment that selects it.

    The machine's own settings on how to reach a mirror (proxies, certificates, logins) hold in it too.
    """
    for folder in ("etc/preferences.d", "etc/apt.conf.d", "lists/partial", "cache/archives/partial", "state"):
        (private / folder).mkdir(parents=True)
    (private / "state/status").touch()  # nothing is installed: so the closure is complete, the C library included
    options = f"signed-by={KEYRING}" + (" check-valid-until=no" if source.may_be_old else "")
    (private / "sources.list").write_text(f"deb [{options}] {mirror} {source.suite} main\n")
    acquire = subprocess.run(["apt-config", "dump"], capture_output=True, text=True).stdout
    settings = [line for line in acquire.splitlines() if line.startswith("Acquire::")]
    settings += [
        f'Dir::Etc "{private}/etc";',
        f'Dir::Etc::sourcelist "{private}/sources.list";',
        'Dir::Etc::netrc "/etc/apt/auth.conf";',
        'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
        f'Dir::State "{private}/state";',
        f'Dir::State::lists "{private}/lists";',
        f'Dir::State::status "{private}/state/status";',
        f'Dir::Cache "{private}/cache";',
        f'Dir::Log "{private}";',
        'APT::Install-Recommends "false";',
        'APT::Update::Error-Mode "any";',  # else an unreachable mirror is but a warning
        'APT::Sandbox::User "";',
        'Acquire::Languages "none";',
        'Acquire::Retries "2";',
    ]
    (private / "apt.conf").write_text("\n".join(settings) + "\n")
    return {**os.environ, "APT_CONFIG": str(private / "apt.conf"), "LC_ALL": "C"}


def _unpack(debs: list[Path], home: Path, environment: dict[str, str], end: float, only: str) -> None:
    """Unpack packages, or one file of one, into `home/root`, which appears whole or not at all."""
    fresh = home / "root.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    excluded = [f"--exclude=./usr/share/{folder}" for folder in _LEFT_PACKED]
    wanted = [f"./{only}"] if only else []
    for deb in debs:
        archive = run(["dpkg-deb", "--fsys-tarfile", str(deb)], environment, end)
        run(["tar", "-x", "--keep-directory-symlink", "-C", str(fresh), *excluded, *wanted], environment, end, archive)
    shutil.rmtree(home / "root", ignore_errors=True)
    fresh.rename(home / "root")


def run(
    command: list[str],
    environment: dict[str, str],
    end: float,
    text: bytes = b"",
    directory: Path | None = None,
) -> bytes:
    """Run a command with `text` as its input, until `end` (time.monotonic), and return what it printed.

    Raises Unavailable if it fails.
    """
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=directory,
            input=text,
            capture_output=True,
            timeout=max(end - time.monotonic(), 1),
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"`{' '.join(command[:3])}` was not done after {SECONDS:.0f} s in all.") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise Unavailable(f"`{' '.join(command[:3])}` failed: {' '.join(said[-3:])}")
    return done.stdout


def main(names: list[str]) -> int:
    """Fetch what is named; return how many could not be had."""
    unknown = [name for name in names if name not in SOURCES]
    if unknown or not names:
        print(f"Usage: python -m tests.fetch {' | '.join(SOURCES)}", file=sys.stderr)
        return 2
    missing = 0
    for name in names:
        try:
            print(f"{name}: {fetch(name)}")
        except Unavailable as error:
            print(f"{name} can't be had here: {error}")
            missing += 1
    return missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
