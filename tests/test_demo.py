"""`make demo` as a newcomer runs it."""

import subprocess
import sys

from tests.processes import PROJECT


def test_the_demo_restores_everything() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The rows and the definition are what they were." in done.stdout
    assert "Unknown column 'citi'" in done.stdout
    assert "DELETE FROM `shop`.`customer` WHERE `id`=4;" in done.stdout
