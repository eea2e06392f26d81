"""Which changes of a binary log are wanted: by place, time, transaction, table and kind. Pure."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from inception.binlog.events import Position, RowKind, Rows, TransactionBegin
from inception.errors import BinlogError

_MYSQL_GTID = re.compile(r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}):(\d+)(?:-(\d+))?").fullmatch
_MARIADB_GTID = re.compile(r"(\d+-\d+)-(\d+)(?:\.\.(\d+))?").fullmatch


@dataclass(frozen=True)
class Gtids:
    """A range of GTIDs of one origin: `source` is MySQL's uuid, or MariaDB's domain-server."""

    source: str
    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> "Gtids":
        """Read uuid:7, uuid:7-9, 0-1-7 or 0-1-7..9. Raises BinlogError for anything else."""
        found = _MYSQL_GTID(text) or _MARIADB_GTID(text)
        if found is None:
            raise BinlogError(f"'{text}' is no GTID: write uuid:7, uuid:7-9, 0-1-7 or 0-1-7..9.")
        source, first, last = found.groups()
        return cls(source.lower(), int(first), int(last or first))

    def __contains__(self, gtid: str) -> bool:
        source, _, number = gtid.rpartition(":" if ":" in gtid else "-")
        return source == self.source and self.first <= int(number) <= self.last


@dataclass(frozen=True)
class Selection:
    """What is wanted; empty fields want everything.

    `since` and `until` are seconds since 1970, of the beginning of a transaction; `tables` are patterns of
    database.table with * and ?.
    """

    start: Position | None = None
    stop: Position | None = None
    since: float | None = None
    until: float | None = None
    gtids: tuple[Gtids, ...] = ()
    tables: tuple[str, ...] = ()
    kinds: frozenset[RowKind] = frozenset(RowKind)

    def transaction(self, begin: TransactionBegin) -> bool:
        """Tell whether a transaction is wanted: one that begins at or behind `start` and before `stop`."""
        if self.start is not None and not begin.position.has_reached(self.start):
            return False
        if self.stop is not None and begin.position.has_reached(self.stop):
            return False
        if self.since is not None and begin.time < self.since:
            return False
        if self.until is not None and begin.time >= self.until:
            return False
        return not self.gtids or any(begin.gtid in gtids for gtids in self.gtids if begin.gtid is not None)

    def rows(self, rows: Rows) -> bool:
        """Tell whether a row event is wanted."""
        return rows.kind in self.kinds and (not self.tables or self.table(rows.table.database, rows.table.table))

    def table(self, database: str, table: str) -> bool:
        """Tell whether the rows of a table are wanted."""
        return not self.tables or any(fnmatchcase(f"{database}.{table}", pattern) for pattern in self.tables)
