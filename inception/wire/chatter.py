"""What clients and drivers send by themselves, and what they are answered: SET, SELECT @@x, SHOW VARIABLES …

Not an SQL engine: a text that is not known chatter is not answered here. Nothing is looked up anywhere but in the
facts given; the only effect is SET NAMES and its like on the client's character set.
"""

import re
from collections.abc import Iterator

from inception.answer import Answer, CellType, Field, Ok, ResultSet, Value
from inception.charset import Charset, charset_named
from inception.errors import ServerError
from inception.wire.charset import ClientCharset
from inception.wire.facts import ClientFacts
from inception.wire.show import answer_show

_LONGEST = 64 * 1024  # characters; chatter is shorter, and batches need not be scanned for it
_LONGEST_NAME = 256  # characters of a column, as in MySQL

_STRING = r"""'(?:[^'\\]|\\.|'')*+'|"(?:[^"\\]|\\.|"")*+"|`[^`]*+`"""
# The `open` alternatives take the rest of a text at once, so that hostile texts are not scanned from every quote.
_COMMENTS = re.compile(
    rf"(?P<keep>{_STRING})|/\*M?!\d*(?P<version>.*?)\*/|/\*.*?\*/|--(?=\s|\Z)[^\n]*|\#[^\n]*|(?P<open>(?:/\*|['\"`]).*)",
    re.DOTALL,
)
_STRINGS = re.compile(rf"{_STRING}|(?P<open>['\"`].*)", re.DOTALL)
_OPEN_ENDED = re.compile(r"""['"`;]|/\*|\*/""")  # outside strings: more than one statement, or one that is cut off
_PIECES = re.compile(rf"(?:{_STRING}|\((?:{_STRING}|[^()'\"`]|\([^()]*\))*+\)|[^,()'\"`])++", re.DOTALL)

_TRANSACTION = re.compile(r"begin(\s+work)?|start\s+transaction\b.*|(commit|rollback)(\s+work)?", re.I | re.DOTALL)
# These say that something outside the session changes: an OK would be a lie.
_NOT_HARMLESS = re.compile(
    r"set\s+(password|role|default\s+role|resource|statement)\b|@@(global|persist)|\b(global|persist|persist_only)\s",
    re.I,
)
_SET_NAMES = re.compile(r"(?:names|character\s+set|charset)\s+(\S+)(?:\s+collate\s+\S+)?", re.I)
_SET_CHARSET = re.compile(
    r"(?:@@)?(?:(?:session|local)[\s.]\s*)?character_set_(client|results)\s*:?=\s*(.+)", re.I | re.DOTALL
)

_SELECT = re.compile(r"select\s++(.+?)(?:(?<!\s)\s++from\s++dual)?(?:(?<!\s)\s++limit\s++[1-9]\d*)?", re.I | re.DOTALL)
_DOLLARS = "select $$"  # how the command line of MySQL 9 finds out whether $$ quotes; it takes no rows for an answer
_ITEM = re.compile(
    rf"""(?P<text>@@(?:(?:global|session|local)\.)?(?P<variable>\w+)|(?P<function>\w+)\s*\(\s*\)|(?P<number>\d{{1,18}})
        |(?P<string>'[^'\\]*'|"[^"\\]*")|(?P<null>null|@\w+))(?:\s+(?:as\s+)?(?P<alias>{_STRING}|\w+))?""",
    re.I | re.VERBOSE | re.DOTALL,
)


def answer_chatter(text: str, facts: ClientFacts) -> Answer | None:
    """Return the answer to something a client sends by itself, None for any other text.

    A text of white space and comments only is answered OK. Raises ServerError with MySQL's code for a variable or a
    character set that there is not.
    """
    statement = _single_statement(text) if len(text) <= _LONGEST else None
    if statement is None:
        return None
    if not statement or _TRANSACTION.fullmatch(statement):
        return Ok()
    verb = statement.split(None, 1)[0].lower()
    if verb == "set":
        return _answer_set(statement, facts)
    if verb == "select":
        return _answer_select(statement, facts)
    return answer_show(statement, facts) if verb == "show" else None


def _single_statement(text: str) -> str | None:
    """Return the statement without comments and closing `;`, None where there is more than one or a part of one."""
    bare = _COMMENTS.sub(_without_comment, text).strip().rstrip("; \t\r\n")
    return None if _OPEN_ENDED.search(_without_strings(bare)) else bare


def _without_comment(found: re.Match[str]) -> str:
    return found["keep"] or found["open"] or f" {found['version'] or ''} "


def _without_strings(statement: str) -> str:
    return _STRINGS.sub(lambda found: found["open"] or "", statement)


def _answer_set(statement: str, facts: ClientFacts) -> Answer | None:
    if _NOT_HARMLESS.search(_without_strings(statement)):
        return None
    changes = [change for piece in _pieces(statement[3:]) for change in _charset_changes(piece, facts.client.charset)]
    for target, charset in changes:
        setattr(facts.client.charset, target, charset)
    return Ok()


def _charset_changes(assignment: str, current: ClientCharset) -> Iterator[tuple[str, Charset]]:
    """Yield which of `client` and `results` an assignment changes to what."""
    if names := _SET_NAMES.fullmatch(assignment):
        for target in ("client", "results"):
            yield target, _charset(names[1], current)
    elif one := _SET_CHARSET.fullmatch(assignment):
        value = "utf8mb4" if one[1].lower() == "results" and one[2].lower() == "null" else one[2]
        yield one[1].lower(), _charset(value, current)


def _charset(value: str, current: ClientCharset) -> Charset:
    if value.lower() == "default":
        return current.initial
    name = _unquoted(value)
    if not re.fullmatch(r"\w+", name):
        raise ServerError(1231, f"A character set is set by its name here, not by the expression {value}", "42000")
    return charset_named(name)


def _answer_select(statement: str, facts: ClientFacts) -> Answer | None:
    if statement.lower() == _DOLLARS:
        raise ServerError(1054, "Unknown column '$$' in 'field list'", "42S22")
    select = _SELECT.fullmatch(statement)
    items = [_ITEM.fullmatch(piece) for piece in _pieces(select[1])] if select else [None]
    cells = [_cell(item, facts) for item in items if item is not None]
    if len(cells) < len(items) or None in cells:
        return None
    known = [cell for cell in cells if cell is not None]
    return ResultSet(tuple(field for field, _ in known), [tuple(value for _, value in known)])


def _cell(item: re.Match[str], facts: ClientFacts) -> tuple[Field, Value] | None:
    if item["function"] and not facts.has_function(item["function"]):
        return None
    value = _value(item, facts)
    name = _unquoted(item["alias"]) if item["alias"] else _unquoted(item["text"])
    return Field(name[:_LONGEST_NAME], CellType.INT if isinstance(value, int) else CellType.TEXT), value


def _value(item: re.Match[str], facts: ClientFacts) -> Value:
    if item["variable"]:
        return facts.variable(item["variable"])
    if item["function"]:
        return facts.function(item["function"])
    if item["number"]:
        return int(item["number"])
    return _unquoted(item["string"]) if item["string"] else None


def _pieces(text: str) -> list[str]:
    """Cut a text at its commas, outside strings and parentheses."""
    return [piece.strip() for piece in _PIECES.findall(text)]


def _unquoted(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"', "`") and text[-1:] == text[:1] else text
