"""What is known of a target when a batch is audited: everything is read before the first decision, nothing after."""

from collections.abc import Mapping
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
    def sql_mode(self) -> frozenset[str]:
        """The sql_mode that statements will run under, in capitals."""
        return frozenset((self.variables.get("sql_mode") or "").upper().split(","))

    @property
    def syntax(self) -> Syntax:
        """How the target reads SQL."""
        major, minor, patch = self.version.number
        return Syntax(
            ansi_quotes="ANSI_QUOTES" in self.sql_mode,
            backslash_escapes="NO_BACKSLASH_ESCAPES" not in self.sql_mode,
            version=major * 10000 + minor * 100 + patch,
            mariadb=self.version.mariadb,
        )


@dataclass(frozen=True)
class Verdict:
    """The target's answer to PREPARE: its error code and text, 0 where it could read the statement."""

    errno: int = 0
    message: str = ""

    @property
    def is_syntax_error(self) -> bool:
        """Tell whether the target could not read the text (ER_PARSE_ERROR); other codes mean the syntax is fine."""
        return self.errno == 1064


@dataclass(frozen=True)
class World:
    """The target as the batch finds it, and its answers to questions computed from the batch.

    `row_counts` are estimates of information_schema; `verdicts` and `estimates` are by statement number, absent
    where the question was not asked.
    """

    server: Server
    catalog: Catalog
    row_counts: Mapping[TableName, int] = field(default_factory=dict)
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    estimates: Mapping[int, int] = field(default_factory=dict)
