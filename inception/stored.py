"""What is stored on the backup server, read back: the rollback statements of an operation id, in running order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inception.backup import INFORMATION
from inception.binlog.events import Position
from inception.errors import NoRollbackStored, ServerError
from inception.mysql import Connection, Row
from inception.progress_table import DATABASE
from inception.schema.model import TableName
from inception.sql import quote_name, quote_text

_ROWS_AT_ONCE = 2000
_NOTHING_YET = frozenset({1049, 1146})  # ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE


@dataclass(frozen=True)
class Part:
    """A run of rollback statements of one table: `database` and `table` on the backup server, ids from `first` on."""

    database: str
    table: str
    first: int
    last: int


@dataclass(frozen=True)
class Operation:
    """One executed statement whose rollback is stored. `home` is the database of its information row."""

    opid: str
    home: str
    text: str
    kind: str
    host: str
    port: int
    table: TableName
    start: Position
    end: Position
    thread_id: int | None
    gtid: str | None
    undone_by: str | None
    parts: tuple[Part, ...]

    @property
    def order(self) -> tuple[int, int]:
        """Sorts operations of one target by the time of their execution."""
        return self.end.number, self.end.offset


def find(connection: Connection, opid: str, home: str = "") -> Operation:
    """Return an operation by its id, from one database where `home` names it.

    Raises NoRollbackStored where there is none, or where several databases have one, which it lists.
    """
    homes = _homes(connection, opid)
    found = [each for each in homes if not home or each == home]
    if not found:
        where = f" in '{home}'" if home else ""
        raise NoRollbackStored(
            f"No rollback is stored under '{opid}'{where}: look at the column sequence of the answer."
        )
    if len(found) > 1:
        raise NoRollbackStored(
            f"Several databases have a rollback '{opid}': {', '.join(sorted(found))}. Add: from '<database>'."
        )
    return _operation(connection, opid, found[0])


def _homes(connection: Connection, opid: str) -> list[str]:
    """Return the databases that have a rollback of this id; none where nothing was ever stored on the server."""
    try:
        rows = connection.query(f"SELECT home FROM `{DATABASE}`.`rollback_origin` WHERE opid_time = {quote_text(opid)}")
    except ServerError as error:
        if error.errno in _NOTHING_YET:
            return []
        raise
    return [str(home) for (home,) in rows]


def _operation(connection: Connection, opid: str, home: str) -> Operation:
    key = f"opid_time = {quote_text(opid)}"
    [information] = connection.query(
        "SELECT sql_statement, type, host, port, dbname, tablename, start_binlog_file, start_binlog_pos, "
        f"end_binlog_file, end_binlog_pos FROM {quote_name(home, INFORMATION)} WHERE {key}"
    ) or [()]
    if not information:
        raise NoRollbackStored(f"The rollback '{opid}' was not stored completely and cannot be used.")
    [(thread_id, gtid, undone_by)] = connection.query(
        f"SELECT thread_id, gtid, undone_by FROM `{DATABASE}`.`rollback_origin` "
        f"WHERE {key} AND home = {quote_text(home)}"
    )
    parts = connection.query(
        f"SELECT dbname, tablename, first_id, last_id FROM `{DATABASE}`.`rollback_parts` "
        f"WHERE {key} AND home = {quote_text(home)} ORDER BY part"
    )
    text, kind, host, port, database, table, file, offset, end_file, end_offset = map(_text, information)
    return Operation(
        opid, home, text, kind, host, int(port), TableName(database, table),
        Position(file, int(offset)), Position(end_file, int(end_offset)),
        None if thread_id is None else int(_text(thread_id)), None if gtid is None else _text(gtid),
        None if undone_by is None else _text(undone_by),
        tuple(Part(_text(row[0]), _text(row[1]), int(_text(row[2])), int(_text(row[3]))) for row in parts),
    )  # fmt: skip


def since(connection: Connection, operation: Operation) -> tuple[Operation, ...]:
    """Return the operations on the same target that were undone, or undid one: what they changed is taken back."""
    rows = connection.query(
        f"SELECT opid_time, home, undone_by FROM `{DATABASE}`.`rollback_origin` WHERE undone_by IS NOT NULL"
    )
    pairs = {_text(row[0]): _text(row[2]) for row in rows}
    homes = connection.query(f"SELECT opid_time, home FROM `{DATABASE}`.`rollback_origin`") if pairs else []
    wanted = {*pairs, *pairs.values()}
    found = (_operation(connection, _text(opid), _text(home)) for opid, home in homes if _text(opid) in wanted)
    return tuple(each for each in found if (each.host, each.port) == (operation.host, operation.port))


def statements(connection: Connection, operation: Operation) -> Iterator[tuple[Part, str]]:
    """Yield the rollback statements in running order, a few thousand at a time."""
    for part in operation.parts:
        after = part.first - 1
        while after < part.last:
            rows = connection.query(
                f"SELECT id, rollback_statement FROM {quote_name(part.database, part.table)} "
                f"WHERE opid_time = {quote_text(operation.opid)} AND id > {after} AND id <= {part.last} "
                f"ORDER BY id LIMIT {_ROWS_AT_ONCE}"
            )
            if not rows:
                break
            yield from ((part, _text(row[1])) for row in rows)
            after = int(_text(rows[-1][0]))


def mark_undone(connection: Connection, operation: Operation, by: str) -> None:
    """Note that an operation was undone, by the operation `by`; an operation that this undoes holds again."""
    table = f"`{DATABASE}`.`rollback_origin`"
    connection.query(
        f"UPDATE {table} SET undone_by = {quote_text(by)} "
        f"WHERE opid_time = {quote_text(operation.opid)} AND home = {quote_text(operation.home)}"
    )
    connection.query(f"UPDATE {table} SET undone_by = NULL WHERE undone_by = {quote_text(operation.opid)}")


def in_undo_order(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations in the order to undo them: the last executed first."""
    return sorted(operations, key=lambda each: each.order, reverse=True)


def _text(cell: Row | str | bytes | None) -> str:
    return cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else str(cell)
