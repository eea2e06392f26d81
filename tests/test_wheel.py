"""The wheel, installed into an empty environment, runs the demo: with each Python that is promised and is here."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.installations import CACHE
from tests.processes import PROJECT


def _run(command: Sequence[str | Path], **options: object) -> str:
    done = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, timeout=600, check=False, **options
    )  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    directory = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", directory, PROJECT])
    [built] = directory.glob("*.whl")
    return built


def _interpreter(version: str) -> str:
    """Return a Python of that version that can make environments; skips the test where there is none."""
    at_home = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for candidate in (sys.executable, shutil.which(f"python{version}"), *map(str, at_home)):
        asked = "import sys, venv, ensurepip; print(*sys.version_info[:2], sep='.')"
        if candidate is not None:
            done = subprocess.run([candidate, "-c", asked], capture_output=True, text=True, check=False)
            if done.stdout.strip() == version:
                return candidate
    pytest.skip(f"no Python {version} on this machine")


def _promised() -> list[str]:
    text = (PROJECT / "pyproject.toml").read_text()
    return re.findall(r'"Programming Language :: Python :: (\d\.\d+)"', text)


@pytest.mark.parametrize("version", _promised())
def test_the_wheel_in_an_empty_environment_runs_the_demo(wheel: Path, version: str, tmp_path: Path) -> None:
    python = _interpreter(version)
    _run([python, "-m", "venv", tmp_path / "venv"])
    installed = tmp_path / "venv" / "bin"
    _run([installed / "python", "-m", "pip", "install", "-q", "--prefer-binary", wheel])
    assert _run([installed / "inception", "--version"]).startswith("inception, version ")
    # the demo alone, away from the sources: what it imports is what was installed
    shutil.copytree(PROJECT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".cache").symlink_to(CACHE)
    shown = _run([installed / "python", "-m", "tests.demo"], cwd=tmp_path)
    assert "The rows and the definition are what they were." in shown
