"""What is known of a statement that was begun: a row of inception.execute_statement, as a value. No I/O."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inception.batch.statement import Kind
from inception.binlog.events import Position
from inception.schema.model import TableName

Definitions = Mapping[TableName, str | None]

# Of a statement. A row that is not yet begun has '': the default.
PREPARE, DONE, ERROR = "PREPARE", "DONE", "ERROR"


@dataclass(frozen=True)
class Begun:
    """One statement as it was written down around its execution.

    `start` and `end` bound it in the binary log, `gtid` is the one it got or was given. `before` and `after` hold
    what SHOW CREATE TABLE printed of the tables of a definition change. `locked` tells whether the session held the
    named locks by which it can be recognised (see session.py). `affected_rows` is None where it committed, and the
    target's answer was lost. `text` is the statement's, cut; `tables` are those
    whose rows it changes. `tool` tells that a tool changed the table over connections of its own.
    """

    number: int
    status: str
    opid: str
    connection_id: int
    kind: Kind = Kind.OTHER
    text: str = ""
    digest: str = ""
    start: Position | None = None
    end: Position | None = None
    gtid: str | None = None
    before: Definitions = field(default_factory=dict)
    after: Definitions = field(default_factory=dict)
    tables: tuple[TableName, ...] = ()
    affected_rows: int | None = 0
    seconds: float = 0.0
    errno: int = 0
    message: str = ""
    locked: bool = False
    tool: bool = False


def definitions_text(definitions: Definitions) -> str | None:
    """Return definitions as they are stored; None for none."""
    if not definitions:
        return None
    return json.dumps([[name.database, name.name, text] for name, text in definitions.items()], ensure_ascii=False)


def read_definitions(text: str | None) -> Definitions:
    """Return what `definitions_text` stored."""
    return {TableName(database, name): each for database, name, each in json.loads(text or "[]")}


def names_text(names: Iterable[TableName]) -> str:
    """Return names of tables as they are stored."""
    return json.dumps([[name.database, name.name] for name in names], ensure_ascii=False)


def read_names(text: str | None) -> tuple[TableName, ...]:
    """Return what `names_text` stored."""
    return tuple(TableName(database, name) for database, name in json.loads(text or "[]"))
