"""What sqlglot's MySQL parser lacks to read queries and row changes as MySQL and MariaDB do.

Where a clause says nothing that the audit looks at (INTO OUTFILE, the columns of JSON_TABLE) it is stepped over.
Manual: "Data Manipulation Statements"; MariaDB: "SELECT", "DELETE", "JSON_TABLE", "Dynamic Columns Functions".
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import TokenType

_INSERT_WORDS = ("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY")
_UPDATE_WORDS = ("LOW_PRIORITY",)
_DELETE_WORDS = ("LOW_PRIORITY", "QUICK")
_SELECT_WORDS = (
    "HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT", "SQL_BIG_RESULT", "SQL_BUFFER_RESULT", "SQL_CACHE",
    "SQL_NO_CACHE", "SQL_CALC_FOUND_ROWS",
)  # fmt: skip
_EXPORT_WORDS = frozenset(
    ("FIELDS", "COLUMNS", "LINES", "TERMINATED", "BY", "OPTIONALLY", "ENCLOSED", "ESCAPED", "STARTING")
)
_MOST_JOINS = 10_000  # some are read more than once; servers take 60
_DYNAMIC = ("COLUMN_CREATE", "COLUMN_ADD", "COLUMN_GET")
_OWN_TYPES = ("INET4", "INET6", "UUID")  # MariaDB's, which CAST knows


def _values(parser: Any) -> Any:
    parser._retreat(parser._index - 1)
    return parser._parse_query_modifiers(parser._parse_select())


def _dynamic(name: str, parser: Any) -> Any:
    return exp.Anonymous(this=name, expressions=parser._parse_csv(parser._parse_typed))


class Parser(MySQLParser):
    """The parser of one statement."""

    STATEMENT_PARSERS: ClassVar[dict[TokenType, Callable[[Any], Any]]] = {
        **MySQLParser.STATEMENT_PARSERS,
        TokenType.REPLACE: lambda self: self._parse_insert(),
        TokenType.VALUES: _values,
    }
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **{name: parse for name, parse in MySQLParser.FUNCTION_PARSERS.items() if name != "MATCH"},
        "JSON_TABLE": lambda self: self._parse_json_table(),
        **{name: partial(_dynamic, name) for name in _DYNAMIC},
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **MySQLParser.NO_PAREN_FUNCTION_PARSERS,
        "MATCH": lambda self: self._parse_match_against(),
        "NEXT": lambda self: self._parse_next_value_for(),
        "PREVIOUS": lambda self: self._parse_next_value_for(),
    }
    FUNC_TOKENS: ClassVar[Any] = {*MySQLParser.FUNC_TOKENS, TokenType.DEFAULT}
    OPERATION_MODIFIERS: ClassVar[set[str]] = {*MySQLParser.OPERATION_MODIFIERS, "SQL_CACHE"}
    pipes_as_concat: ClassVar[bool] = False

    # -- row changes -------------------------------------------------------------------------------------------

    def _parse_insert(self) -> Any:
        self._skip_words(_INSERT_WORDS)
        return super()._parse_insert()

    def _parse_schema(self, this: Any = None) -> Any:
        """Read the list of columns behind a table; VALUES in parentheses is no such list."""
        if self._curr and self._curr.token_type is TokenType.L_PAREN and self._next.token_type is TokenType.VALUES:
            return this
        return super()._parse_schema(this)

    def _parse_update(self) -> Any:
        self._skip_words(_UPDATE_WORDS)
        ignore = self._match(TokenType.IGNORE)
        tree = super()._parse_update()
        tree.meta["ignore"] = bool(ignore)
        return tree

    def _parse_delete(self) -> Any:
        self._skip_words(_DELETE_WORDS)
        ignore = self._match(TokenType.IGNORE)
        self._drop_stars()
        tree = super()._parse_delete()
        tree.meta["ignore"] = bool(ignore)
        if not tree.args.get("returning"):
            tree.set("returning", self._parse_returning())
        return tree

    def _drop_stars(self) -> None:
        """Take `.*` from the tables that a DELETE names: DELETE a.*, b.* FROM …; DELETE FROM a.* USING …"""
        place, depth = self._index, 0
        tokens = self._tokens
        while place + 1 < len(tokens) and tokens[place].token_type is not TokenType.WHERE:
            kind = tokens[place].token_type
            depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
            if not depth and kind is TokenType.DOT and tokens[place + 1].token_type is TokenType.STAR:
                del tokens[place : place + 2]
            else:
                place += 1
        self._tokens_size = len(tokens)
        self._retreat(self._index)
        self._advance(0)

    # -- queries -----------------------------------------------------------------------------------------------

    def _parse_join(self, *arguments: Any, **named: Any) -> Any:
        """Note which tables stand behind a comma, which binds looser than JOIN, and where no condition is to come."""
        comma = self._curr is not None and self._curr.token_type is TokenType.COMMA
        join = super()._parse_join(*arguments, **named)
        if join is None:
            return None
        if comma:
            join.meta["comma"] = True
        self._joins_read += 1
        if self._joins_read > _MOST_JOINS:
            self.raise_error("More joins than can be read")
        if not (join.args.get("on") or join.args.get("using") or join.this.args.get("joins")):
            self._without_condition.add(self._index)
        return join

    def _parse_hint(self) -> Any:
        """Read the hints behind the verb; of SELECT also the words that may stand before DISTINCT."""
        hint = super()._parse_hint()
        if self._index > 0 and self._prev.token_type in (TokenType.SELECT, TokenType.HINT):
            self._skip_words(_SELECT_WORDS)
        return hint

    def _parse_into(self) -> Any:
        """Step over INTO OUTFILE, INTO DUMPFILE and INTO @variable, …"""
        if not self._match(TokenType.INTO):
            return None
        if not self._match_texts(("OUTFILE", "DUMPFILE")):
            return exp.Into(expressions=self._parse_csv(self._parse_disjunction))
        name = self._parse_string()
        if self._match(TokenType.CHARACTER_SET) or self._match_text_seq("CHARACTER", "SET"):
            self._advance()
        while self._curr and (self._curr.text.upper() in _EXPORT_WORDS or self._curr.token_type is TokenType.STRING):
            self._advance()
        return exp.Into(this=name)

    def _parse_query_modifiers(self, this: Any) -> Any:
        found = super()._parse_query_modifiers(this)
        if isinstance(found, exp.Query) and self._curr and self._curr.token_type is TokenType.INTO:
            self._parse_into()
            found = super()._parse_query_modifiers(found)
        return found

    def _parse_limit(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._parse_limit(*args, **kwargs)
        if found and self._match_text_seq("EXAMINED"):  # LIMIT 5 ROWS EXAMINED 100
            self._parse_term()
        return found

    def _parse_cube_or_rollup(self, with_prefix: bool = False) -> Any:
        """Read an item of GROUP BY, which may be ordered."""
        found: Any = super()._parse_cube_or_rollup(with_prefix)
        if found is None and not with_prefix:
            found = self._parse_disjunction()
            self._match_texts(("ASC", "DESC"))
        return found

    def _parse_derived_table_values(self, *args: Any, **kwargs: Any) -> Any:
        if self._curr and self._curr.token_type is TokenType.L_PAREN:
            return None  # a query in parentheses, which may go on after VALUES
        return super()._parse_derived_table_values(*args, **kwargs)

    def _parse_table(self, *args: Any, **kwargs: Any) -> Any:
        table = super()._parse_table(*args, **kwargs)
        if table and self._match_text_seq("FOR", "PORTION", "OF"):
            self._advance()
            self._match(TokenType.FROM)
            self._parse_bitwise()
            self._match_text_seq("TO")
            self._parse_bitwise()
        return table

    def reset(self) -> None:
        """Begin a new text."""
        super().reset()
        self._without_condition: set[int] = set()  # places behind a joined table where no ON or USING is to come
        self._joins_read = 0

    def _parse_joins(self, *args: Any, **kwargs: Any) -> Any:
        """Read joins: those that may come before another one's ON are tried once at each place."""
        return iter(()) if self._index in self._without_condition else super()._parse_joins(*args, **kwargs)

    # -- expressions -------------------------------------------------------------------------------------------

    def _parse_match_against(self) -> Any:
        """Read MATCH (a, b) AGAINST (…), or MATCH a, b AGAINST (…)."""
        if not (wrapped := self._match(TokenType.L_PAREN)) and not self._curr:
            return None
        columns = self._parse_csv(self._parse_column)
        if wrapped:
            self._match_r_paren()
        if not self._match_text_seq("AGAINST"):
            self.raise_error("Expecting AGAINST")
        self._match_l_paren()
        sought = self._parse_bitwise()
        modes = ("IN NATURAL LANGUAGE MODE", "IN BOOLEAN MODE", "WITH QUERY EXPANSION")
        modifier = " ".join(mode for mode in modes if self._match_text_seq(*mode.split()))
        self._match_r_paren()
        return exp.MatchAgainst(this=sought, expressions=columns, modifier=modifier or None)

    def _parse_json_table(self) -> Any:
        """Read what the table is made from, and step over its columns."""
        source = self._parse_bitwise()
        depth = 0
        while self._curr and (depth or self._curr.token_type is not TokenType.R_PAREN):
            kind = self._curr.token_type
            depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
            self._advance()
        return exp.JSONTable(this=source)

    def _parse_typed(self) -> Any:
        """Read an argument of a function on dynamic columns: 'x', 5 AS INT."""
        value = self._parse_disjunction()
        if self._match(TokenType.ALIAS):
            self._parse_char_charset(self._parse_types(with_collation=True))
        return value

    def _parse_types(self, *args: Any, **kwargs: Any) -> Any:
        found = super()._parse_types(*args, **kwargs)
        if kwargs.get("with_collation"):  # in CAST only
            if found is None and self._match_texts(_OWN_TYPES):
                return exp.DType.INET.into_expr()
            self._match_texts(("INT", "INTEGER"))  # UNSIGNED INT
        return found

    def _parse_char_charset(self, to: Any) -> Any:
        found = super()._parse_char_charset(to)
        self._skip_words(("ASCII", "UNICODE", "BINARY"))
        return found

    def _parse_exponent(self) -> Any:
        """Read operands of ^, which is looser than || is where that joins texts."""
        if not self.pipes_as_concat:
            return super()._parse_exponent()
        this = self._parse_joined()
        while self._match(TokenType.CARET):
            this = exp.BitwiseXor(this=this, expression=self._parse_joined())
        return this

    def _parse_joined(self) -> Any:
        this = self._parse_unary()
        while self._match(TokenType.DPIPE):
            this = exp.DPipe(this=this, expression=self._parse_unary())
        return this

    def _parse_escape(self, this: Any) -> Any:
        if not self._match(TokenType.ESCAPE):
            return this
        return exp.Escape(this=this, expression=self._parse_unary())

    def _skip_words(self, words: tuple[str, ...]) -> None:
        while self._match_texts(words):
            pass
