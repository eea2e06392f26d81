"""Partial updates of JSON, as MySQL logs them under PARTIAL_JSON: taken back, and made again, exactly."""

import struct

import pytest

from inception.binlog import json_patch
from inception.binlog.events import Rows
from inception.errors import BinlogError
from tests.binlog.capture import Session
from tests.binlog.test_flashback import apply, run, source
from tests.servers import MySQL

PAD = "REPEAT('x', 300)"  # a small document is logged whole
TABLE = "CREATE TABLE t (id int primary key, j json, n int, k json, g int AS (j->'$.a') VIRTUAL, l json not null)"
ROWS = [
    f"INSERT INTO t (id, j, n, k, l) VALUES (1, JSON_OBJECT('a', 1, 'b', JSON_ARRAY(1, 2, 3), 'p', {PAD}), 1, NULL, '[]')",
    f"INSERT INTO t (id, j, n, k, l) VALUES (2, JSON_OBJECT('a', 2, 'b', JSON_ARRAY(), 'p', {PAD}), 1, "
    f"JSON_OBJECT('é \"q\"', JSON_OBJECT('', 1.50, 'd', DATE'2024-02-29'), 'p', {PAD}), CAST(CONCAT('[1,\"', {PAD}, '\"]') AS JSON))",
    "INSERT INTO t (id, j, n, k, l) VALUES (3, NULL, 1, NULL, 'null')",
]
UPDATES = {
    "one member": "UPDATE t SET j = JSON_SET(j, '$.a', 7)",
    "several": "UPDATE t SET j = JSON_REPLACE(j, '$.a', 8, '$.b', JSON_OBJECT('c', TRUE)), n = n + 1",
    "a new member": "UPDATE t SET j = JSON_SET(j, '$.new', '''é\\\\', '$.a', NULL)",
    "the end of an array": "UPDATE t SET j = JSON_SET(j, '$.b[9]', 4)",
    "members gone": "UPDATE t SET j = JSON_REMOVE(j, '$.b[1]', '$.a') WHERE id = 1",
    "an element gone": "UPDATE t SET j = JSON_REMOVE(JSON_SET(j, '$.b[0]', 'first'), '$.b[1]') WHERE id = 1",
    "names that are quoted": """UPDATE t SET k = JSON_SET(k, '$."é \\\\"q\\\\"".""', 2.25) WHERE id = 2""",
    "values of SQL types": """UPDATE t SET k = JSON_SET(k, '$."é \\\\"q\\\\"".d', TIME'-01:02:03.5', '$.p', x'00FF') WHERE id = 2""",
    "two columns": "UPDATE t SET j = JSON_SET(j, '$.a', 3), l = JSON_SET(l, '$[0]', 18446744073709551615)",
    "one part, one whole": "UPDATE t SET j = JSON_SET(j, '$.a', 4), k = JSON_ARRAY(1), l = JSON_SET(l, '$[0]', 'x')",
    "to NULL and back": "UPDATE t SET j = IF(id = 3, JSON_OBJECT('a', 9), NULL), k = JSON_SET(k, '$.p', 'short')",
    "nothing of it": "UPDATE t SET n = n + 1, j = JSON_SET(j, '$.a', 1)",
    "a key": "UPDATE t SET id = id + 10, j = JSON_SET(j, '$.a', 5)",
}


@pytest.mark.parametrize("compressed", [False, True])
def test_there_and_back(mysql: MySQL, compressed: bool) -> None:
    with mysql.database() as database:
        settings = f"binlog_row_value_options = PARTIAL_JSON, SESSION binlog_transaction_compression = {compressed:d}"
        for name, update in UPDATES.items():
            work = Session(mysql, database, "DROP TABLE IF EXISTS t", TABLE, *ROWS, f"SET SESSION {settings}")
            before = content(work)
            work.run(update)
            after = content(work)
            assert after != before, name
            assert any(event.partial for event in work.events() if isinstance(event, Rows)), name
            place = source(work, mysql, from_files=not compressed)
            again = run(*place, "--forward").stdout
            apply(work, run(*place).stdout)
            assert content(work) == before, name
            apply(work, again)
            assert content(work) == after, name


def content(work: Session) -> object:
    """Return the rows, and what tells documents apart that are written alike."""
    kinds = "JSON_TYPE(j->'$.a'), JSON_TYPE(k->'$.p'), JSON_TYPE(l->'$[0]'), JSON_TYPE(JSON_EXTRACT(k, '$.*.d'))"
    return work.content("t"), work.connection.query(f"SELECT {kinds} FROM t ORDER BY id")


DOCUMENT = b"\x05\x07\x00"  # 7
CHANGE = b"\x00\x01$" + b"\x03\x05\x08\x00"  # $ becomes 8


def test_the_calls() -> None:
    changes = [CHANGE, b"\x01\x03$.a" + b"\x03" + DOCUMENT, b"\x01\x04$[0]" + b"\x03" + DOCUMENT, b"\x02\x03$.a"]
    raw = json_patch.patched(DOCUMENT, b"".join(changes))
    seven = "CAST('7' AS JSON)"
    assert json_patch.literal(raw or b"") == (
        f"JSON_REMOVE(JSON_ARRAY_INSERT(JSON_INSERT(JSON_REPLACE({seven},'$',CAST('8' AS JSON)),'$.a',{seven}),"
        f"'$[0]',{seven}),'$.a')"
    )
    assert json_patch.patched(DOCUMENT, b"") == DOCUMENT
    assert json_patch.literal(DOCUMENT) == "'7'"


@pytest.mark.parametrize("damaged", [CHANGE[:-1], CHANGE[:2], b"\x03" + CHANGE[1:], b"\x00"])
def test_damage(damaged: bytes) -> None:
    with pytest.raises(BinlogError, match="damaged"):
        json_patch.literal(b"\xff" + struct.pack("<I", len(DOCUMENT)) + DOCUMENT + damaged)
