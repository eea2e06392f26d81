"""Fetching servers: what it says where it can't be done. That it works is shown by every test on MySQL."""

import shutil
from pathlib import Path

import pytest

from tests import fetch
from tests.fetch import Unavailable
from tests.installations import why_not_fetched


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fetch into an empty directory."""
    monkeypatch.setattr("tests.fetch.CACHE", tmp_path)
    monkeypatch.setattr("tests.installations.CACHE", tmp_path)
    return tmp_path


def test_another_distribution_is_named_as_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_os_release", lambda: {"ID": "ubuntu"})
    with pytest.raises(Unavailable, match="ubuntu"):
        fetch.fetch("mysql")
    assert "ubuntu" in why_not_fetched("mysql")


@pytest.mark.skipif(not shutil.which("apt-get"), reason="there is no apt-get to fail")
def test_a_mirror_that_cannot_be_reached_leaves_nothing_but_the_reason(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_mirror", lambda: "http://127.0.0.1:1/debian")
    with pytest.raises(Unavailable, match="apt-get"):
        fetch.fetch("mariadb-11.8")
    assert "127.0.0.1" in why_not_fetched("mariadb-11.8")
    assert not (cache / "mariadb-11.8" / "root").exists()


def test_what_was_never_fetched_says_how() -> None:
    assert "python -m tests.fetch mysql" in why_not_fetched("mysql")


def test_an_unknown_name_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch.main(["oracle"]) == 2
    assert "mariadb-11.8" in capsys.readouterr().err
