"""The grammar for who prints what is written: calls keep their names and the order of their arguments.

sqlglot reads many of MySQL's functions as equal ones of its own, which the audit may not care about but a tree does.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.generators.mysql import MySQLGenerator
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import TokenType

from inception.batch import grammar

_UNIT_FIRST = ("TIMESTAMPADD", "TIMESTAMPDIFF", "GET_FORMAT")


class ExactGenerator(MySQLGenerator):
    """Writes a tree that was read exactly, for servers that lack REGEXP_LIKE too."""

    TRANSFORMS: ClassVar[dict[type, Callable[[Any, Any], str]]] = {
        **MySQLGenerator.TRANSFORMS,
        exp.RegexpLike: lambda self, tree: self.binary(tree, "REGEXP"),
    }


class ExactParser(grammar.Parser):
    """The parser of one statement."""

    EQUALITY: ClassVar[dict[TokenType, type[exp.Binary]]] = {}  # all comparisons bind alike, from left to right
    COMPARISON: ClassVar[dict[TokenType, type[exp.Binary]]] = {**MySQLParser.EQUALITY, **MySQLParser.COMPARISON}
    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **grammar.Parser.FUNCTION_PARSERS,
        **{name: partial(lambda name, self: self._parse_unit_first(name), name) for name in _UNIT_FIRST},
    }

    def _parse_json_table(self) -> Any:
        """Read a table with its columns, as far as they are understood."""
        columns = self._try_parse(lambda: MySQLParser._parse_json_table(self))
        return columns or super()._parse_json_table()

    def _parse_between(self, this: Any) -> Any:
        """Read BETWEEN low AND high: what is high may itself be a predicate."""
        low = self._parse_bitwise()
        self._match(TokenType.AND)
        return self.expression(exp.Between(this=this, low=low, high=self._parse_range()))

    def _parse_unit_first(self, name: str) -> Any:
        """Read a call whose first argument is a word, no column."""
        unit = self._parse_var(any_token=True, upper=True)
        self._match(TokenType.COMMA)
        return self.expression(exp.Anonymous(this=name, expressions=[unit, *self._parse_csv(self._parse_assignment)]))
