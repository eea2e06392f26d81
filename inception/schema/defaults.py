"""What may follow DEFAULT and ON UPDATE: literals, CURRENT_TIMESTAMP, expressions; kept as written.

Manual: "Data Type Default Values", "Automatic Initialization and Updating for TIMESTAMP and DATETIME"; MariaDB:
"CREATE TABLE" (DEFAULT).
"""

from inception.lexer import Kind
from inception.schema.model import Default
from inception.schema.reader import Reader

NOW_WORDS = ("CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP")


def read_now(reader: Reader) -> str:
    """Read CURRENT_TIMESTAMP and its kin with their optional (n), and return them as written; '' if none comes."""
    first = reader.at
    word = reader.accept_any(*NOW_WORDS)
    if word and reader.accept("("):
        if reader.word != ")":
            reader.integer("fractional digits")
        reader.expect(")")
    elif word == "NOW":
        reader.fail("expected (")
    return reader.source(first) if word else ""


def read_default(reader: Reader) -> Default:
    """Read what follows DEFAULT: a literal, CURRENT_TIMESTAMP, (expression), or what MariaDB allows besides."""
    first = reader.at
    if reader.word == "(":
        reader.skip_group("an expression")
        return Default(reader.source(first), expression=True)
    if read_now(reader):
        return Default(reader.source(first), expression=True)
    if reader.accept_all("NEXT", "VALUE", "FOR"):
        reader.table_name(what="a sequence")
        return Default(reader.source(first), expression=True)
    if _knows_functions(reader) and not _at_literal_word(reader) and reader.token.kind in (Kind.WORD, Kind.NAME):
        return _default_function(reader, first)
    _literal(reader)
    return Default(reader.source(first))


def _knows_functions(reader: Reader) -> bool:
    return reader.syntax.mariadb or reader.syntax.version is None


def _at_literal_word(reader: Reader) -> bool:
    following = reader.tokens[min(reader.at + 1, len(reader.tokens) - 1)].kind
    if reader.word in ("NULL", "TRUE", "FALSE"):
        return True
    prefix = reader.word.startswith("_") or reader.word in ("DATE", "TIME", "TIMESTAMP")
    return prefix and following in (Kind.STRING, Kind.BINARY)


def _default_function(reader: Reader, first: int) -> Default:
    """Read name(…), or a quoted column: MariaDB takes and prints them without parentheses around them."""
    quoted = reader.token.kind is Kind.NAME
    reader.at += 1
    while reader.accept("."):
        reader.name_after_point("a name")
    if reader.word == "(":
        reader.skip_group("the arguments")
    elif not quoted and reader.words[first] not in ("CURRENT_USER", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_ROLE"):
        reader.fail("expected a default value", first)
    return Default(reader.source(first), expression=True)


def _literal(reader: Reader) -> None:
    if reader.accept_any("NULL", "TRUE", "FALSE"):
        return
    if reader.accept_any("+", "-"):
        if reader.token.kind is not Kind.NUMBER:
            reader.fail("expected a number")
        reader.at += 1
        return
    if _at_literal_word(reader):  # an introducer, or DATE, TIME, TIMESTAMP
        reader.at += 1
    if reader.token.kind not in (Kind.STRING, Kind.NUMBER, Kind.BINARY):
        reader.fail("expected a default value")
    text = reader.at_text()
    reader.at += 1
    while text and reader.at_text():  # 'a' 'b' is one literal
        reader.at += 1
