"""Quoting: the only place where values and names become SQL text.

Not a parser and not a generator of statements. Everything that builds SQL takes its literals and names from here.
"""

from collections.abc import Iterable

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"})


def quote_name(*parts: str) -> str:
    """Return an identifier quoted with backquotes: ("shop", "t") is `shop`.`t`."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def quote_names(names: Iterable[str]) -> str:
    """Return identifiers quoted and separated by commas."""
    return ", ".join(quote_name(name) for name in names)


def quote_text(text: str) -> str:
    """Return a string literal for a session with backslash escapes (no NO_BACKSLASH_ESCAPES).

    Our own connections set their sql_mode so that this holds.
    """
    if text.isprintable():  # nearly always, and much faster
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return "'" + text.translate(_ESCAPES) + "'"


def quote_portable(text: str) -> str:
    """Return a string literal that means the same with and without NO_BACKSLASH_ESCAPES.

    For statements that are stored and run later in sessions we know nothing of. The literal is plain where the
    text has no backslash and no control character, else hexadecimal with an introducer.
    """
    if "\\" not in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return "_utf8mb4 " + quote_bytes(text.encode("utf-8", "surrogateescape"))


def quote_plain(text: str) -> str:
    """Return a string literal of text that is known to be printable and to have no backslash."""
    return "'" + text.replace("'", "''") + "'"


def quote_bytes(data: bytes) -> str:
    """Return a hexadecimal literal; the empty string for no bytes, since x'' of older servers is refused in places."""
    return f"x'{data.hex()}'" if data else "''"


def quote_value(value: int | str | bytes | None) -> str:
    """Return the literal of one value for a session of our own."""
    match value:
        case None:
            return "NULL"
        case int():
            return str(int(value))
        case str():
            return quote_text(value)
        case _:
            return quote_bytes(value)
