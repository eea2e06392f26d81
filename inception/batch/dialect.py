"""MySQL for sqlglot, as a target's sql_mode has it: how queries and row changes are cut into tokens, and read.

Only reading: nothing is ever generated from a tree. Definitions (CREATE, ALTER, …) are read by schema/ instead.
The pure build of sqlglot is needed: the compiled one forbids subclasses of its parser.
"""

from functools import cache
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import TokenType

from inception.batch import grammar
from inception.batch.exact import ExactGenerator, ExactParser
from inception.lexer import Syntax, without_comments


class Dialect(MySQL):
    """The dialect that batches are read in."""

    Parser = grammar.Parser
    SUPPORTS_VALUES_DEFAULT = False  # it would not read DEFAULT(column)

    class Tokenizer(MySQL.Tokenizer):
        """Reads REPLACE as a statement of its own, not as an opaque command."""

        COMMANDS = MySQL.Tokenizer.COMMANDS - {TokenType.REPLACE}
        KEYWORDS: ClassVar[dict[str, Any]] = {**MySQL.Tokenizer.KEYWORDS, "_FILENAME": TokenType.INTRODUCER}

    def to_json_path(self, path: Any) -> Any:
        """Leave the paths of JSON functions as they are."""
        return path


class AnsiDialect(Dialect):
    """The same under sql_mode ANSI_QUOTES: double quotes are for names."""

    class Tokenizer(Dialect.Tokenizer):
        """Reads "x" as a name."""

        QUOTES: ClassVar[list[Any]] = ["'"]
        IDENTIFIERS: ClassVar[list[Any]] = ["`", '"']


class PlainDialect(Dialect):
    """The same under NO_BACKSLASH_ESCAPES: a backslash is a character like any other."""

    class Tokenizer(Dialect.Tokenizer):
        r"""Reads '\' as a text of one character."""

        STRING_ESCAPES: ClassVar[list[str]] = ["'", '"']


class PlainAnsiDialect(AnsiDialect):
    """The same under both."""

    class Tokenizer(AnsiDialect.Tokenizer):
        r"""Reads "x" as a name and '\' as a text."""

        STRING_ESCAPES: ClassVar[list[str]] = ["'", '"']


@cache
def _dialect(syntax: Syntax, exact: bool) -> type[Dialect]:
    if syntax.backslash_escapes:
        dialect = AnsiDialect if syntax.ansi_quotes else Dialect
    else:
        dialect = PlainAnsiDialect if syntax.ansi_quotes else PlainDialect
    parser: Any = ExactParser if exact else grammar.Parser
    if syntax.pipes_as_concat or syntax.high_not_precedence:
        parser = type("Parser", (_in_mode(syntax), parser), {})
    parts = {"Parser": parser, **({"Generator": ExactGenerator} if exact else {})}
    return type(dialect.__name__, (dialect,), parts)


def _in_mode(syntax: Syntax) -> type:
    """Return what of the grammar a sql_mode changes, to stand before a parser."""
    rules: dict[str, Any] = {"pipes_as_concat": syntax.pipes_as_concat}
    if syntax.pipes_as_concat:
        rules["DISJUNCTION"] = {TokenType.OR: exp.Or}
    if syntax.high_not_precedence:
        tight = {TokenType.NOT: lambda self: exp.Paren(this=exp.Not(this=self._parse_unary()))}
        rules["UNARY_PARSERS"] = {**MySQLParser.UNARY_PARSERS, **tight}
    return type("Mode", (), rules)


def parse(text: str, syntax: Syntax, *, exact: bool = False) -> Any:
    """Return the tree of one statement. Raises sqlglot's errors, RecursionError, or UnreadableSql for its comments.

    `exact`: calls are in the tree as they are written. The tree may be no more than a guess: sqlglot is lenient, and
    the target has the last word.
    """
    if "/*!" in text or "/*M!" in text:
        text = without_comments(text, syntax)
    try:
        trees = sqlglot.parse(text, dialect=_dialect(syntax, exact))
    except (SqlglotError, RecursionError):
        raise
    except Exception as error:  # of a text that its authors did not think of
        raise ParseError(f"The statement is not understood ({type(error).__name__})") from error
    if len(trees) != 1 or trees[0] is None:
        raise ParseError("Not a statement of this kind")
    return trees[0]


def written(tree: Any, syntax: Syntax) -> str:
    """Return the text of a tree that was read exactly; read it again before you trust it."""
    text: str = tree.sql(dialect=_dialect(syntax, True))
    return text
