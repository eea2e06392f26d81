"""A cursor over the tokens of one statement: what every reader of DDL is built from.

Strict: each `expect_*` or `name`, `text` … either reads what it says or raises UnreadableSql where it stands. Knows
no statement; those are in define.py, alter.py and statements.py.
"""

from typing import NoReturn

from inception.lexer import SERVER_PRINTED, Kind, Syntax, Token, UnreadableSql, name_value, string_value, tokenize
from inception.schema.model import TableName
from inception.schema.reserved import RESERVED


class Reader:
    """The tokens of one statement and the place where we are. `words` holds each token's `word`."""

    __slots__ = ("at", "syntax", "text", "tokens", "words")

    def __init__(self, text: str, syntax: Syntax = SERVER_PRINTED) -> None:
        self.text = text
        self.syntax = syntax
        self.tokens = tokenize(text, syntax)
        self.words = [token.word for token in self.tokens]
        self.at = 0

    # where we are

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    @property
    def word(self) -> str:
        """The next token as upper-case word or operator; '' for a quoted name, a literal, or the end."""
        return self.words[self.at]

    def peek(self, distance: int = 1) -> str:
        """Return the word of a later token."""
        place = self.at + distance
        return self.words[place] if place < len(self.words) else ""

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        """Raise UnreadableSql at the next token, or at token number `at`."""
        raise UnreadableSql(problem, self.text, self.tokens[self.at if at is None else at].start)

    def source(self, first: int, last: int | None = None) -> str:
        """Return the text from token number `first` up to, not including, number `last` (the next token)."""
        end = self.at if last is None else last
        return self.text[self.tokens[first].start : self.tokens[end - 1].end] if end > first else ""

    @property
    def ended(self) -> bool:
        """Tell whether nothing comes but a `;`."""
        return self.token.kind is Kind.END or (self.word == ";" and self.tokens[self.at + 1].kind is Kind.END)

    def expect_end(self) -> None:
        """Demand the end of the statement; one `;` is allowed."""
        if not self.ended:
            self.fail("unexpected")

    # words

    def accept(self, word: str) -> bool:
        """Step over the word if it comes next."""
        if self.words[self.at] == word:
            self.at += 1
            return True
        return False

    def accept_all(self, *words: str) -> bool:
        """Step over these words if all of them come next, in this order."""
        end = self.at + len(words)
        if tuple(self.words[self.at : end]) == words:
            self.at = end
            return True
        return False

    def accept_any(self, *words: str) -> str:
        """Step over one of the words if it comes next, and return it; else ''."""
        word = self.words[self.at]
        if word in words:
            self.at += 1
            return word
        return ""

    def expect(self, *words: str) -> None:
        """Demand these words in this order."""
        for word in words:
            if self.words[self.at] != word:
                self.fail(f"expected {word}")
            self.at += 1

    def expect_any(self, *words: str) -> str:
        """Demand one of the words and return it."""
        return self.accept_any(*words) or self.fail(f"expected {' or '.join(words)}")

    def if_exists(self) -> bool:
        """Step over IF EXISTS."""
        if self.accept("IF"):
            self.expect("EXISTS")
            return True
        return False

    def if_not_exists(self) -> bool:
        """Step over IF NOT EXISTS."""
        if self.accept("IF"):
            self.expect("NOT", "EXISTS")
            return True
        return False

    # names

    def at_name(self) -> bool:
        """Tell whether a name comes next: a quoted one, or a word that is not reserved."""
        token = self.tokens[self.at]
        return token.kind is Kind.NAME or (token.kind is Kind.WORD and token.word not in RESERVED)

    def name(self, what: str) -> str:
        """Read a name."""
        token = self.tokens[self.at]
        if token.kind is Kind.NAME:
            if len(token.text) == 2:
                self.fail(f"an empty name for {what}")
            self.at += 1
            return name_value(token.text)
        if token.kind is not Kind.WORD or token.word in RESERVED:
            self.fail(f"expected {what}")
        self.at += 1
        return token.text

    def name_after_point(self, what: str) -> str:
        """Read the part of a name that follows a point, where reserved words may stand."""
        if self.token.kind is Kind.WORD:
            self.at += 1
            return self.tokens[self.at - 1].text
        return self.name(what)

    def table_name(self, database: str = "", what: str = "a table name") -> TableName:
        """Read `table` or `database.table`; `database` stands in where none is written."""
        first = self.name(what)
        if self.accept("."):
            return TableName(first, self.name_after_point(what))
        return TableName(database, first)

    def table_names(self, database: str) -> tuple[TableName, ...]:
        """Read one or more table names."""
        names = [self.table_name(database)]
        while self.accept(","):
            names.append(self.table_name(database))
        return tuple(names)

    def names(self, what: str) -> tuple[str, ...]:
        """Read (name, …)."""
        self.expect("(")
        names = [self.name(what)]
        while self.accept(","):
            names.append(self.name(what))
        self.expect(")")
        return tuple(names)

    # literals

    def at_text(self) -> bool:
        """Tell whether a string literal comes next."""
        return self.tokens[self.at].kind is Kind.STRING

    def text_value(self, what: str) -> str:
        """Read a string literal."""
        if not self.at_text():
            self.fail(f"expected {what} in quotes")
        self.at += 1
        return string_value(self.tokens[self.at - 1].text, self.syntax.backslash_escapes)

    def name_or_text(self, what: str) -> str:
        """Read a name or a string literal that stands for one, as engines and character sets may be written."""
        return self.text_value(what) if self.at_text() else self.name(what)

    def integer(self, what: str) -> int:
        """Read a whole number without sign."""
        token = self.tokens[self.at]
        if token.kind is Kind.NUMBER and token.text.isdecimal():
            self.at += 1
            return int(token.text)
        return self.fail(f"expected {what} as a whole number")

    def length(self) -> int | None:
        """Read (n) if it comes next."""
        if not self.accept("("):
            return None
        number = self.integer("a length")
        self.expect(")")
        return number

    # MariaDB's engines define attributes of their own for tables, columns and indexes

    def at_attribute(self) -> bool:
        """Tell whether `name`=value comes next."""
        return self.peek() == "=" and (self.token.kind is Kind.NAME or (self.syntax.mariadb and self.at_name()))

    def attribute(self) -> tuple[str, str]:
        """Read `name`=value; the name is returned lower-case behind a backquote, the value as SQL text."""
        name = self.name("an attribute").lower()
        self.expect("=")
        if self.token.kind not in (Kind.STRING, Kind.NUMBER, Kind.WORD):
            self.fail("expected a value")
        self.at += 1
        return f"`{name}", self.source(self.at - 1)

    # what is kept as text

    def group(self, what: str) -> str:
        """Read a balanced (…) and return the text inside, without blanks at its ends."""
        first = self.at
        self.skip_group(what)
        if self.at == first + 2:
            self.fail(f"expected {what} between the parentheses", first + 1)
        return self.source(first + 1, self.at - 1)

    def skip_group(self, what: str) -> None:
        """Step over a balanced (…)."""
        opened = self.at
        self.expect("(")
        depth = 1
        while depth:
            word = self.words[self.at]
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
            elif self.tokens[self.at].kind is Kind.END or word == ";":
                self.fail(f"the parenthesis of {what} is not closed", opened)
            self.at += 1

    def rest(self) -> str:
        """Step to the end of the statement and return the text until there; parentheses must balance."""
        first = self.at
        while not self.ended:
            if self.word == "(":
                self.skip_group("this")
            elif self.word in (")", ";"):
                self.fail("unexpected")
            else:
                self.at += 1
        return self.source(first)
