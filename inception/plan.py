"""How each statement will run, and how it will be undone. Pure: a plan is a value that execute.py carries out."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from inception.batch.options import Options
from inception.batch.statement import Kind, Statement
from inception.chunks.choose import Chunking
from inception.facts.online_ddl import Foreseen
from inception.osc.job import NATIVE, Way
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.statements import CreateDatabase, DropDatabase, DropTable
from inception.world import Server

_LONGEST_NAME = 64
_NOT_A_NAME = re.compile(r"\W")
NOTHING_FORESEEN: Mapping[int, Foreseen] = MappingProxyType({})
NO_WAYS: Mapping[int, Way] = MappingProxyType({})
NO_CHUNKINGS: Mapping[int, Chunking] = MappingProxyType({})


class Undo(StrEnum):
    """How a statement will be undone."""

    ROWS = "rows"  # from its row events
    DEFINITION = "definition"  # from the definitions before and after
    NONE = "none"


@dataclass(frozen=True)
class Step:
    """One statement to run, and which way. `backup_dbname` is None where nothing can be stored for it.

    `foreseen` tells how an ALTER TABLE will run, None where that was not asked; with `asserted` it is sent with the
    clauses (ALGORITHM=…) that make the server refuse to run it otherwise. `chunking` tells how a large row change is
    run in ranges of a key, None where it is sent as it is.
    """

    statement: Statement
    undo: Undo
    backup_dbname: str | None
    foreseen: Foreseen | None = None
    asserted: bool = False
    way: Way = NATIVE
    chunking: Chunking | None = None

    @property
    def clause(self) -> str:
        """What the statement is sent with besides its own text; '' for nothing."""
        return self.foreseen.clause if self.asserted and self.foreseen is not None else ""

    @property
    def text(self) -> str:
        """The text to send: the statement's own, with what is asserted in front of the first action."""
        form, text = self.statement.form, self.statement.text
        if not self.clause or not isinstance(form, AlterTable):
            return text
        return f"{text[: form.body_start]}{self.clause}, {text[form.body_start :]}"


def make_plan(
    statements: tuple[Statement, ...],
    options: Options,
    foreseen: Mapping[int, Foreseen] = NOTHING_FORESEEN,
    ways: Mapping[int, Way] = NO_WAYS,
    chunkings: Mapping[int, Chunking] = NO_CHUNKINGS,
    *,
    asserted: bool = False,
) -> tuple[Step, ...]:
    """Decide for every statement how it runs and how it is undone; what was decided before is by statement number."""
    return tuple(
        Step(
            each, undo_of(each) if options.backup else Undo.NONE, backup_dbname(each, options),
            foreseen.get(each.number), asserted, ways.get(each.number, NATIVE), chunkings.get(each.number),
        )
        for each in statements
    )  # fmt: skip


def undo_of(statement: Statement) -> Undo:
    """Decide how a statement is undone."""
    if statement.kind.is_dml:
        return Undo.ROWS
    temporary = isinstance(statement.form, CreateTable | DropTable) and statement.form.temporary
    temporary = temporary or (bool(statement.changes) and not statement.lasting_changes)
    if statement.kind.is_ddl and not temporary and statement.kind not in (Kind.DROP_DATABASE, Kind.ALTER_DATABASE):
        return Undo.DEFINITION
    return Undo.NONE


def backup_dbname(statement: Statement, options: Options) -> str | None:
    """Return the database on the backup server where this statement's rollback will stand, None where none will."""
    if not options.backup or undo_of(statement) is Undo.NONE:
        return None
    database = home_database(statement)
    return backup_name(options.host, options.port, database) if database else None


def home_database(statement: Statement) -> str:
    """Return the database that a statement belongs to: that of the first table it changes, '' where unknown."""
    match statement.form:
        case CreateDatabase(name=name) | DropDatabase(name=name):
            return name
    return statement.changes[0].database if statement.changes else statement.database


@lru_cache
def backup_name(host: str, port: int, database: str) -> str:
    """Return `<host>_<port>_<db>` with `_` for every other character, cut and hashed where it is over 64 long."""
    whole = f"{host}_{port}_{database}"
    name = _NOT_A_NAME.sub("_", whole)
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9]}_{digest}"


def why_not_backed_up(server: Server) -> str | None:
    """Return why the target's row changes cannot be backed up, with the remedy; None where they can."""
    value = server.variables
    advice = "; or execute with --disable-remote-backup."
    if value["log_bin"] != "ON":
        return "The target writes no binary log: start it with log_bin" + advice
    if value["server_id"] == "0":
        return "The target's server_id is 0: give it a server_id of its own" + advice
    if value["binlog_format"] == "STATEMENT":
        return "The target's binlog_format is STATEMENT: set it to ROW" + advice
    return None


_NEEDED: dict[str, tuple[str, set[str | None]]] = {  # what to set, and what is as good
    "binlog_format": ("ROW", {"ROW"}),
    "binlog_row_image": ("FULL", {"FULL", None}),
}
_CHEAPER: dict[str, tuple[str, set[str | None]]] = {
    "binlog_row_value_options": ("", {"", None}),
    "binlog_transaction_compression": ("OFF", {"OFF", None}),
}


def session_settings(server: Server) -> tuple[tuple[str, str], ...]:
    """Return the variables and values that a session needs for an exact rollback, only where they differ."""
    return _differing(_NEEDED, server)


def cheaper_settings(server: Server) -> tuple[tuple[str, str], ...]:
    """Return those with which a session's transactions take less to read; without them they are read as well."""
    return _differing(_CHEAPER, server)


def _differing(wanted: Mapping[str, tuple[str, set[str | None]]], server: Server) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, (value, fine) in wanted.items() if server.variables.get(name) not in fine)
