"""What the backup server keeps of the statements of a task that were begun, as values. progress_table.py writes it."""

from collections.abc import Mapping
from dataclasses import replace

from inception.batch.statement import Kind
from inception.begun import Begun, Chunk, read_bound, read_definitions, read_names
from inception.binlog.events import Position
from inception.journal import Journal
from inception.mysql import Connection
from inception.own_tables import DATABASE
from inception.server import text_of

_STATEMENT = (
    "number", "status", "opid", "connection_id", "kind", "text", "statement_digest", "start_file", "start_pos",
    "end_file", "end_pos", "gtid", "definitions_before", "definitions_after", "tables", "affected_rows", "seconds",
    "errcode", "message", "locked", "tool", "chunk_rows", "chunk_key", "chunk_last",
)  # fmt: skip
_BLANK = dict.fromkeys(_STATEMENT, "") | dict.fromkeys(
    ("connection_id", "affected_rows", "seconds", "errcode", "locked", "tool", "chunk_rows"), "0"
)
_CHUNK = (
    "chunk", "status", "connection_id", "after_key", "upto_key", "start_file", "start_pos", "end_file", "end_pos",
    "gtid", "affected_rows", "seconds",
)  # fmt: skip


def read_begun(connection: Connection, key: str, journal: Journal) -> tuple[Begun, ...]:
    """Return the statements of a task that were begun, in order; `key` is its name, quoted, `journal` its own."""
    found = connection.query(
        f"SELECT {', '.join(_STATEMENT)} FROM `{DATABASE}`.`execute_statement` WHERE task_sequence = {key}"
    )
    rows = {int(text_of(row[0])): dict(zip(_STATEMENT, map(text_of, row), strict=True)) for row in found}
    for number, values in journal.items():
        later = {name: "" if value is None else str(value) for name, value in values.items()}
        rows[number] = {**_BLANK, "number": str(number), **rows.get(number, {}), **later}
    begun = (_begun(row) for _, row in sorted(rows.items()) if row["status"])
    return tuple(_with_chunks(connection, key, each) if each.chunk_rows else each for each in begun)


def _with_chunks(connection: Connection, key: str, begun: Begun) -> Begun:
    rows = connection.query(
        f"SELECT {', '.join(_CHUNK)} FROM `{DATABASE}`.`execute_chunk` "
        f"WHERE task_sequence = {key} AND number = {begun.number} ORDER BY chunk"
    )
    return replace(begun, chunks=tuple(_chunk(dict(zip(_CHUNK, map(text_of, row), strict=True))) for row in rows))


def _chunk(row: Mapping[str, str]) -> Chunk:
    return Chunk(
        int(row["chunk"]), row["status"], int(row["connection_id"]), read_bound(row["after_key"]),
        read_bound(row["upto_key"]), _position(row, "start"), _position(row, "end"), row["gtid"] or None,
        int(row["affected_rows"]) if row["affected_rows"] else None, float(row["seconds"]),
    )  # fmt: skip


def _position(row: Mapping[str, str], which: str) -> Position | None:
    file = row[f"{which}_file"]
    return Position(file, int(row[f"{which}_pos"])) if file else None


def _begun(row: Mapping[str, str]) -> Begun:
    changed = int(row["affected_rows"])
    return Begun(
        int(row["number"]), row["status"], row["opid"], int(row["connection_id"]), Kind(row["kind"] or Kind.OTHER),
        row["text"], row["statement_digest"],
        _position(row, "start"), _position(row, "end"), row["gtid"] or None,
        read_definitions(row["definitions_before"]), read_definitions(row["definitions_after"]),
        read_names(row["tables"]), changed if changed >= 0 else None, float(row["seconds"]), int(row["errcode"]),
        row["message"], row["locked"] == "1", row["tool"] == "1", (), int(row["chunk_rows"]), row["chunk_key"],
        read_bound(row["chunk_last"]),
    )  # fmt: skip
