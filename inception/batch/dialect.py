"""MySQL for sqlglot: what its stock dialect lacks to read queries and row changes as MySQL does.

Only reading: nothing is ever generated from a tree. Definitions (CREATE, ALTER, …) are read by schema/ instead.
The pure build of sqlglot is needed: the compiled one forbids subclasses of its parser.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot.dialects.mysql import MySQL
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import TokenType

_INSERT_WORDS = ("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY")
_UPDATE_WORDS = ("LOW_PRIORITY",)
_DELETE_WORDS = ("LOW_PRIORITY", "QUICK")


class _Parser(MySQLParser):
    STATEMENT_PARSERS: ClassVar[dict[TokenType, Callable[[Any], Any]]] = {
        **MySQLParser.STATEMENT_PARSERS,
        TokenType.REPLACE: lambda self: self._parse_insert(),
    }

    def _parse_insert(self) -> Any:
        self._skip_words(_INSERT_WORDS)
        return super()._parse_insert()

    def _parse_update(self) -> Any:
        self._skip_words(_UPDATE_WORDS)
        self._match(TokenType.IGNORE)
        return super()._parse_update()

    def _parse_delete(self) -> Any:
        self._skip_words(_DELETE_WORDS)
        self._match(TokenType.IGNORE)
        return super()._parse_delete()

    def _skip_words(self, words: tuple[str, ...]) -> None:
        while self._match_texts(words):
            pass


class Dialect(MySQL):
    """The dialect that batches are read in."""

    Parser = _Parser

    class Tokenizer(MySQL.Tokenizer):
        """Reads REPLACE as a statement of its own, not as an opaque command."""

        COMMANDS = MySQL.Tokenizer.COMMANDS - {TokenType.REPLACE}


class AnsiDialect(Dialect):
    """The same under sql_mode ANSI_QUOTES: double quotes are for names."""

    class Tokenizer(Dialect.Tokenizer):
        """Reads "x" as a name."""

        QUOTES: ClassVar[list[Any]] = ["'"]
        IDENTIFIERS: ClassVar[list[Any]] = ["`", '"']
