"""What `make weaknesses` makes of an answer: nothing that is not known is taken for fine."""

from typing import Any

import pytest

from tests.weaknesses import CLEAN, UNKNOWN, WEAK, judge, shipped

_FINE = {"name": "pymysql", "version": "1.2.4", "vulns": []}
_UNKNOWN = {"name": "cffi", "skip_reason": "Dependency not found"}
_WEAK = {"name": "click", "version": "8.1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["8.1.1"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([_FINE], CLEAN, "No weakness is known of 1 packages."),
        ([_FINE, _UNKNOWN], UNKNOWN, "Nothing could be learned of cffi"),
        ([_WEAK, _UNKNOWN], WEAK, "click 8.1.0: PYSEC-1, mended in 8.1.1"),
        ([_WEAK, _FINE], WEAK, "click 8.1.0: PYSEC-1, mended in 8.1.1"),
    ],
)
def test_an_answer(packages: list[dict[str, Any]], code: int, said: str) -> None:
    judged, lines = judge({"dependencies": packages})
    assert judged == code
    assert said in lines[0]


def test_what_is_asked_about_is_what_users_get() -> None:
    packages = shipped()
    assert {"pymysql", "cryptography", "cffi", "mysql-mimic", "markdown-it-py"} <= packages.keys()
    assert not {"pytest", "mypy", "inception-sql"} & packages.keys()
