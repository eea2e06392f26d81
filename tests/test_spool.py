import contextlib
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inception.batch.statement import Kind, Statement
from inception.binlog.events import RowKind, Rows
from inception.binlog.row_events import read_table_map
from inception.plan import Step, Undo
from inception.ran import Ran
from inception.schema.define import define
from inception.spool import ReverseSpool
from inception.undo import RowUndo


@given(st.lists(st.tuples(st.integers(0, 9), st.lists(st.text(max_size=30))), max_size=50), st.integers(0, 400_000))
def test_what_goes_in_comes_out_backwards(items: list[tuple[int, list[str]]], filler: int) -> None:
    items = [
        (tag, [text + "x" * filler for text in texts] if n % 3 == 0 else texts) for n, (tag, texts) in enumerate(items)
    ]
    with contextlib.closing(ReverseSpool()) as spool:
        for tag, texts in items:
            spool.append(tag, texts)
        for _ in range(2):
            assert list(spool.backwards()) == [(tag, texts[::-1]) for tag, texts in reversed(items)]


def _full() -> IO[bytes]:
    return Path("/dev/full").open("r+b", buffering=0)


def test_a_disk_that_is_full_is_the_reason_of_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inception.spool.tempfile.TemporaryFile", _full)
    table = define("CREATE TABLE `d`.`t` (id int NOT NULL, b longblob, PRIMARY KEY (id))")
    body = bytes(8) + b"\1d\0\1t\0" + b"\2\x03\xfc" + b"\1\4" + b"\2"
    image = b"\0" + bytes(4) + (1 << 20).to_bytes(4, "little") + bytes(1 << 20)
    undo = RowUndo(Ran(Step(Statement(1, "delete", Kind.DELETE, "d"), Undo.ROWS, "home"), "1_2_0", affected_rows=1))
    undo.take(Rows(RowKind.DELETE, read_table_map(body), (b"\3",), image, 0, len(image)), lambda _: table)
    assert "No space left on device" in undo.problem
    assert "TMPDIR" in undo.problem
    undo.close()


def test_lone_surrogates_are_kept() -> None:
    with contextlib.closing(ReverseSpool()) as spool:
        spool.append(1, ["\udc81" * 1_100_000])
        spool.append(2, ["almost", "end"])
        assert list(spool.backwards()) == [(2, ["end", "almost"]), (1, ["\udc81" * 1_100_000])]
