"""Golden batches through the wire: few and telling.

A file has parts that begin with a line `--- given` (run on the target first) or `--- batch <options>`. What differs
from run to run is replaced: database, port, times, connection ids.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Row, Shop

FOLDER = Path(__file__).parent.parent / "batches"


def parts(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (what, options, SQL)."""
    for head, body in re.findall(r"^--- (.*)\n((?:(?!--- ).*\n)*)", text, re.M):
        what, _, options = head.partition(" ")
        yield what, options, body


def shown(rows: list[Row], database: str, port: int) -> str:
    lines = []
    for row in rows:
        sequence = re.sub(r"'\d{10}_\d+_", "'<time>_<thread>_", row.sequence)
        lines.append(f"[{row.ID}] {row.stage} {row.errlevel} | {row.stagestatus.replace(chr(10), ' / ')}")
        lines.append(f"    {row.SQL}".replace("\n", "\n    "))
        lines += [f"    ! {line}" for line in (row.errormessage or "").splitlines()]
        time = re.sub(r"\d+\.\d{3}", "<s>", row.execute_time)
        lines.append(f"    rows {row.Affected_rows}, {sequence}, {row.backup_dbname}, {time}, '{row.sqlsha1}'")
    return "\n".join(lines).replace(database, "<db>").replace(str(port), "<port>") + "\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.sql")))
def test_golden(
    shop: Shop, database: str, sql: Callable[[str], list[Any]], name: str, request: pytest.FixtureRequest
) -> None:
    answer = ""
    for what, options, body in parts((FOLDER / f"{name}.sql").read_text()):
        if what == "given":
            sql(body)
        else:
            rows = shop.submit(options, body.replace("{db}", database))
            answer += f"--- {what} {options}\n{shown(rows, database, shop.target.port)}"
            answer += "".join(f"    < {text}\n" for text in shop.rollback_of(rows)).replace(database, "<db>")
    expected = FOLDER / f"{name}.txt"
    if request.config.getoption("--update"):
        expected.write_text(answer)
    assert answer == expected.read_text()
