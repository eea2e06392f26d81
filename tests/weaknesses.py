"""`make weaknesses`: whether a weakness is known of what is installed with the package, as pip-audit says.

It asks a service for what is known, by name and version. Where that can't be reached, or has no such data (a mirror of
an index), nothing is known: that is said, and is no success. pip-audit has an environment of its own, in `.cache`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from tests.installations import CACHE

_HOME = CACHE / "pip-audit"
_WANTED = "pip-audit>=2.10,<3"
_NAME = re.compile(r"[\w.-]+")
CLEAN, WEAK, UNKNOWN = 0, 1, 2


def shipped(package: str = "inception-sql") -> dict[str, str]:
    """Return name and version of all that is installed with a package, itself left out."""
    found: dict[str, str] = {}
    waiting = list(_required(package))
    while waiting:
        name = waiting.pop()
        if name not in found:
            try:
                found[name] = distribution(name).version
            except PackageNotFoundError:  # for another system or version of Python
                continue
            waiting += _required(name)
    return dict(sorted(found.items()))


def _required(package: str) -> Iterator[str]:
    for text in distribution(package).requires or ():
        if "extra ==" not in text and (name := _NAME.match(text)):
            yield name[0].lower().replace("_", "-")


def judge(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Return the exit code, and what to say, of pip-audit's answer."""
    packages = report["dependencies"]
    weak = [f"{each['name']} {each['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version'}"
            for each in packages for one in each.get("vulns", ())]  # fmt: skip
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    if unknown:
        weak.append(
            f"Nothing could be learned of {', '.join(unknown)}: the service that was asked has no data of them."
        )
    if len(weak) > bool(unknown):
        return WEAK, weak
    return (UNKNOWN, weak) if unknown else (CLEAN, [f"No weakness is known of {len(packages)} packages."])


def _audited(packages: dict[str, str], service: str) -> tuple[int, list[str]]:
    program = _HOME / "bin" / "pip-audit"
    if not program.exists():
        venv.create(_HOME, with_pip=True, clear=True)
        subprocess.run([_HOME / "bin" / "python", "-m", "pip", "install", "--quiet", _WANTED], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write("".join(f"{name}=={version}\n" for name, version in packages.items()))
        pinned.flush()
        command = [
            str(program),
            "-r",
            pinned.name,
            "--no-deps",
            "--disable-pip",
            "--format=json",
            "--progress-spinner=off",
        ]
        done = subprocess.run([*command, "-s", service], capture_output=True, text=True, check=False)
    if not done.stdout.startswith("{"):
        return UNKNOWN, ["The service that was asked can't be reached: " + done.stderr.strip().splitlines()[-1]]
    return judge(json.loads(done.stdout))


def main() -> int:
    """Ask; print what was found. 0: no weakness is known; 1: there are some; 2: it could not be asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", choices=["pypi", "osv"], default="pypi", help="whom to ask")
    code, lines = _audited(shipped(), parser.parse_args().service)
    print(*lines, sep="\n")
    if code == UNKNOWN:
        print("Not audited. Run it where the package index itself can be reached, or OSV's service with SERVICE=osv.")
    return code


if __name__ == "__main__":
    sys.exit(main())
