"""What is known of a target when a batch is audited: everything is read before the first decision, nothing after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inception.catalog import Catalog
from inception.lexer import Syntax
from inception.schema.model import TableName
from inception.server import ServerVersion


@dataclass(frozen=True)
class Server:
    """Facts of the target itself. `variables` are session values by lower-case name, None where it has no such one."""

    version: ServerVersion
    variables: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def folded(self) -> bool:
        """Tell whether the target compares names of databases and tables without case (lower_case_table_names)."""
        return (self.variables.get("lower_case_table_names") or "0") != "0"

    @property
    def sql_mode(self) -> frozenset[str]:
        """The sql_mode that statements will run under, in capitals."""
        return frozenset((self.variables.get("sql_mode") or "").upper().split(","))

    @property
    def strict(self) -> bool:
        """Tell whether transactional tables refuse what does not fit, instead of changing it."""
        return bool(self.sql_mode & {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"})

    @property
    def automatic_timestamps(self) -> bool:
        """Tell whether a TIMESTAMP not declared NULL is NOT NULL, and the first one gets the current time by itself.

        So it is with explicit_defaults_for_timestamp=OFF: the default before MySQL 8.0.2 and MariaDB 10.10.
        """
        explicit = self.variables.get("explicit_defaults_for_timestamp")
        if explicit is not None:
            return explicit.upper() in ("OFF", "0")
        return not self.at_least(mysql=(8, 0, 2), mariadb=(10, 10, 1))

    def at_least(self, *, mysql: tuple[int, int, int], mariadb: tuple[int, int, int]) -> bool:
        """Tell whether the target is of this version of its kind, or later."""
        return self.version.number >= (mariadb if self.version.mariadb else mysql)

    @property
    def syntax(self) -> Syntax:
        """How the target reads SQL."""
        major, minor, patch = self.version.number
        return Syntax(
            ansi_quotes="ANSI_QUOTES" in self.sql_mode,
            backslash_escapes="NO_BACKSLASH_ESCAPES" not in self.sql_mode,
            version=major * 10000 + minor * 100 + patch,
            mariadb=self.version.mariadb,
            pipes_as_concat="PIPES_AS_CONCAT" in self.sql_mode,
            high_not_precedence="HIGH_NOT_PRECEDENCE" in self.sql_mode,
        )


# Codes of access that is denied to a database, table, column, routine or view (1345), or by read_only (1290)
_DENIED = frozenset({1044, 1142, 1143, 1227, 1290, 1345, 1370})


@dataclass(frozen=True)
class Verdict:
    """The target's answer to PREPARE: its error code and text, 0 where it could read the statement."""

    errno: int = 0
    message: str = ""

    @property
    def is_syntax_error(self) -> bool:
        """Tell whether the target could not read the text (ER_PARSE_ERROR); other codes mean the syntax is fine."""
        return self.errno == 1064

    @property
    def is_about_statement(self) -> bool:
        """Tell whether the target finds fault with the statement itself, not with who asks."""
        return bool(self.errno) and self.errno not in _DENIED


@dataclass(frozen=True)
class Trigger:
    """A trigger: its name, BEFORE or AFTER, and INSERT, UPDATE or DELETE."""

    name: str
    timing: str
    event: str


@dataclass(frozen=True)
class Reference:
    """A foreign key that points at `parent`; `columns` are the parent's, case folded, rules as MySQL spells them."""

    parent: TableName
    child: TableName
    columns: frozenset[str]
    on_delete: str
    on_update: str


@dataclass(frozen=True)
class Tool:
    """pt-online-schema-change as found on this machine. `problem` says why it cannot be used, '' where it can."""

    path: str = ""
    version: tuple[int, int, int] = (0, 0, 0)
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """What the data of a table said: `meaning` is true; or, where `problem` says why, it is not known."""

    meaning: str
    problem: str = ""


@dataclass(frozen=True)
class Stored:
    """What the definition of a table does not tell of it; None: not known.

    `row_versions` are those that INSTANT has made of it so far (MySQL's TOTAL_ROW_VERSIONS); `referenced` tells whether
    a foreign key of another table refers to it; `size` is its bytes with indexes, by information_schema.
    """

    row_versions: int | None = None
    referenced: bool | None = None
    size: int | None = None


UNREAD = Stored()


@dataclass(frozen=True)
class Unknown:
    """Why it is not known how many rows will be changed. `asked`: the target was asked, and gave no answer."""

    reason: str
    asked: bool = False


@dataclass(frozen=True)
class Tried:
    """How the target ran an ALTER TABLE on an empty copy: by ALGORITHM, with LOCK=NONE if concurrent, by a rebuild."""

    algorithm: str
    concurrent: bool
    rebuilt: bool


@dataclass(frozen=True)
class Blocker:
    """A connection that holds a metadata lock on a table, for how many seconds its transaction (or statement) runs."""

    connection_id: int
    user: str
    host: str
    seconds: int
    idle: bool
    in_transaction: bool

    def __str__(self) -> str:
        """As it is named in rows and in the status."""
        what = "idle, " * self.idle + ("in a transaction" if self.in_transaction else "holding a lock")
        return f"connection {self.connection_id} ({self.user}@{self.host}, {what} for {self.seconds} s)"


def blocked_by(blockers: Iterable[Blocker]) -> str:
    """Return the reason of waiting: blocked by whom; '' where nobody is known."""
    named = "; ".join(map(str, blockers))
    return f"blocked by {named}" if named else ""


@dataclass(frozen=True)
class World:
    """The target as the batch finds it, and its answers to questions computed from the batch.

    `row_counts` are estimates of information_schema; `verdicts` and `estimates` are by statement number, absent
    where the question was not asked; `unestimated` says by number why it was not, or had no answer.
    `charsets` are those the target has, with the bytes that a character takes at most; `collations` its collations,
    each with the character sets that it is for; both are empty where not known.
    `references` are the foreign keys that point at tables whose rows the batch changes: for an execution with backup.
    `probes` are what the data said against a statement, by its number. `leftovers` are the tables that earlier online
    schema changes left beside a table that is altered. `stored` tells more of the tables that are altered,
    `blockers` who holds a lock on a table whose definition is changed, `tried` by statement number what was tried.
    `tool` is looked for where some table is large enough for an online schema change, else None; `children` are then
    the tables whose foreign keys point at it. `pointing` are the foreign keys that point at a table of which rows are
    changed in ranges of a key (--batch-rows).
    """

    server: Server
    catalog: Catalog
    row_counts: Mapping[TableName, int] = field(default_factory=dict)
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    estimates: Mapping[int, int] = field(default_factory=dict)
    charsets: Mapping[str, int] = field(default_factory=dict)
    collations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    triggers: Mapping[TableName, tuple[Trigger, ...]] = field(default_factory=dict)
    leftovers: Mapping[TableName, tuple[str, ...]] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    probes: Mapping[int, tuple[Answer, ...]] = field(default_factory=dict)
    stored: Mapping[TableName, Stored] = field(default_factory=dict)
    blockers: Mapping[TableName, tuple[Blocker, ...]] = field(default_factory=dict)
    tried: Mapping[int, Tried] = field(default_factory=dict)
    unestimated: Mapping[int, Unknown] = field(default_factory=dict)
    tool: Tool | None = None
    children: Mapping[TableName, tuple[TableName, ...]] = field(default_factory=dict)
    pointing: Mapping[TableName, tuple[Reference, ...]] = field(default_factory=dict)
