"""What is stored on the backup server, read back: the rollback statements of an operation id, in running order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inception.backup import INFORMATION
from inception.binlog.events import Position
from inception.errors import NoRollbackStored, ServerError
from inception.mysql import Connection, Row
from inception.own_tables import DATABASE, completed
from inception.schema.model import TableName
from inception.server import text_of
from inception.sql import quote_name, quote_text, quote_value
from inception.transactions import Transactions, read_transactions

_ROWS_AT_ONCE = 2000
_NOTHING_YET = frozenset({1049, 1146})  # ER_BAD_DB_ERROR, ER_NO_SUCH_TABLE


@dataclass(frozen=True)
class Part:
    """A run of rollback statements of one table: `database` and `table` on the backup server, ids from `first` on.

    `backwards`: they are to be run from the last to the first. Older servers stored them in the order of the changes.
    """

    database: str
    table: str
    first: int
    last: int
    backwards: bool = False


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
    transactions: Transactions | None = None  # of a statement that ran in ranges of a key

    @property
    def order(self) -> tuple[int, int]:
        """Sorts operations of one target by the time of their execution."""
        return self.end.number, self.end.offset


def find(connection: Connection, opids: Sequence[str], home: str = "") -> list[Operation]:
    """Return operations by their ids, from one database where `home` names it.

    Raises NoRollbackStored, which names all ids that have none, or the first one that several databases have, which it
    lists.
    """
    homes = {opid: [each for each in _homes(connection, opid) if not home or each == home] for opid in opids}
    if missing := [opid for opid, found in homes.items() if not found]:
        raise NoRollbackStored(_nothing_under(missing, home, leaves_some=len(missing) < len(homes)))
    for opid, found in homes.items():
        if len(found) > 1:
            raise NoRollbackStored(
                f"Several databases have a rollback '{opid}': {', '.join(sorted(found))}. Add: from '<database>'."
            )
    return [_operation(connection, opid, found[0]) for opid, found in homes.items()]


def _nothing_under(opids: Sequence[str], home: str, *, leaves_some: bool) -> str:
    where = f" in '{home}'" if home else ""
    listed = ", ".join(f"'{opid}'" for opid in opids)
    leave_out = f" Leave {listed} out to take the others; nothing was done with them." if leaves_some else ""
    return (
        f"No rollback is stored under {listed}{where}: a statement whose row says 'Backup successfully' has one, under "
        "the id in its column sequence; TRUNCATE, DROP DATABASE and row changes of a table without a primary key have "
        f"none.{leave_out}"
    )


def _homes(connection: Connection, opid: str) -> list[str]:
    """Return the databases that have a rollback of this id: those it noted, else an older server's."""
    key = f"opid_time = {quote_text(opid)}"
    noted = _if_there(connection, f"SELECT home FROM `{DATABASE}`.`rollback_origin` WHERE {key}")
    if noted:
        return [str(home) for (home,) in noted]
    older = connection.query(
        f"SELECT TABLE_SCHEMA FROM information_schema.TABLES WHERE TABLE_NAME = {quote_text(INFORMATION)}"
    )
    homes = (text_of(home) for (home,) in older)
    return [home for home in homes if connection.query(f"SELECT 1 FROM {quote_name(home, INFORMATION)} WHERE {key}")]


def _if_there(connection: Connection, question: str) -> list[Row]:
    """Return the rows of a table, none where nothing was ever stored on this server."""
    try:
        return completed(connection, lambda: connection.query(question))
    except ServerError as error:
        if error.errno in _NOTHING_YET:
            return []
        raise


def _operation(connection: Connection, opid: str, home: str) -> Operation:
    key = f"opid_time = {quote_text(opid)}"
    [information] = connection.query(
        "SELECT sql_statement, type, host, port, dbname, tablename, start_binlog_file, start_binlog_pos, "
        f"end_binlog_file, end_binlog_pos FROM {quote_name(home, INFORMATION)} WHERE {key}"
    ) or [()]
    if not information:
        raise NoRollbackStored(f"The rollback '{opid}' was not stored completely and cannot be used.")
    text, kind, host, port, database, table, file, offset, end_file, end_offset = map(text_of, information)
    origin = _if_there(
        connection,
        f"SELECT thread_id, gtid, undone_by, transactions FROM `{DATABASE}`.`rollback_origin` "
        f"WHERE {key} AND home = {quote_text(home)}",
    )
    [(thread_id, gtid, undone_by, transactions)] = origin or [(_thread_of(opid), None, None, None)]
    parts = _parts(connection, opid, home) or _older_parts(connection, opid, home, table)
    return Operation(
        opid, home, text, kind, host, int(port), TableName(database, table),
        Position(file, int(offset)), Position(end_file, int(end_offset)),
        None if thread_id is None else int(text_of(thread_id)), None if gtid is None else text_of(gtid),
        None if undone_by is None else text_of(undone_by), parts,
        None if transactions is None else read_transactions(text_of(transactions)),
    )  # fmt: skip


def _parts(connection: Connection, opid: str, home: str) -> tuple[Part, ...]:
    found = _if_there(
        connection,
        f"SELECT dbname, tablename, first_id, last_id FROM `{DATABASE}`.`rollback_parts` "
        f"WHERE opid_time = {quote_text(opid)} AND home = {quote_text(home)} ORDER BY part",
    )
    return tuple(Part(text_of(row[0]), text_of(row[1]), int(text_of(row[2])), int(text_of(row[3]))) for row in found)


def _older_parts(connection: Connection, opid: str, home: str, table: str) -> tuple[Part, ...]:
    """Return what an older server stored for an operation: the rows of the one table that it notes."""
    question = f"SELECT MIN(id), MAX(id) FROM {quote_name(home, table)} WHERE opid_time = {quote_text(opid)}"
    [(first, last)] = _if_there(connection, question) or [(None, None)]
    if first is None or last is None:
        return ()
    return (Part(home, table, int(text_of(first)), int(text_of(last)), backwards=True),)


def _thread_of(opid: str) -> str | None:
    """Return the connection id that an operation id has in its middle: 1413347135_136_0."""
    middle = opid.split("_")[1:2]
    return middle[0] if middle and middle[0].isdecimal() else None


def since(connection: Connection, operation: Operation) -> tuple[Operation, ...]:
    """Return the operations on the same target that were undone, or undid one: what they changed is taken back."""
    rows = _if_there(
        connection,
        f"SELECT opid_time, home, undone_by FROM `{DATABASE}`.`rollback_origin` WHERE undone_by IS NOT NULL",
    )
    pairs = {text_of(row[0]): text_of(row[2]) for row in rows}
    homes = connection.query(f"SELECT opid_time, home FROM `{DATABASE}`.`rollback_origin`") if pairs else []
    wanted = {*pairs, *pairs.values()}
    found = (_operation(connection, text_of(opid), text_of(home)) for opid, home in homes if text_of(opid) in wanted)
    return tuple(each for each in found if (each.host, each.port) == (operation.host, operation.port))


def statements(connection: Connection, operation: Operation) -> Iterator[tuple[Part, str]]:
    """Yield the rollback statements in running order, a few thousand at a time."""
    for part in operation.parts:
        first, last = part.first, part.last
        while rows := connection.query(
            f"SELECT id, rollback_statement FROM {quote_name(part.database, part.table)} "
            f"WHERE opid_time = {quote_text(operation.opid)} AND id BETWEEN {first} AND {last} "
            f"ORDER BY id {'DESC' if part.backwards else 'ASC'} LIMIT {_ROWS_AT_ONCE}"
        ):
            yield from ((part, text_of(row[1])) for row in rows)
            reached = int(text_of(rows[-1][0]))
            first, last = (first, reached - 1) if part.backwards else (reached + 1, last)


def mark_undone(connection: Connection, operation: Operation, by: str) -> None:
    """Note that an operation was undone, by the operation `by`; an operation that this undoes holds again."""
    table = f"`{DATABASE}`.`rollback_origin`"
    values = ", ".join(map(quote_value, (operation.opid, operation.home, operation.thread_id, operation.gtid, by)))
    connection.query(  # an operation of an older server has no row yet
        f"INSERT INTO {table} (opid_time, home, thread_id, gtid, undone_by) VALUES ({values}) "
        f"ON DUPLICATE KEY UPDATE undone_by = {quote_text(by)}"
    )
    connection.query(f"UPDATE {table} SET undone_by = NULL WHERE undone_by = {quote_text(operation.opid)}")


def in_undo_order(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations in the order to undo them: the last executed first."""
    return sorted(operations, key=lambda each: each.order, reverse=True)
