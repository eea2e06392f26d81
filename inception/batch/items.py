"""How the items of a source comment are written: --name=value or --name, separated by ';'.

A quoted value ends at its closing quote: one that is not doubled, and that the next item or the end follows. Any other
value is taken as it is and ends at ';' followed by --name, or at the end of the comment. Blanks around bare values are
dropped, except a password's before its ';'. What the options mean is options.py's.
"""

import re
from collections.abc import Iterator

from inception.batch.lexis import BLANK, BLANKS, FLAGS
from inception.errors import BadOption

SHOWN = 64  # characters of a name in a message

_HEAD = re.compile(rf"--(?P<name>[a-z][\w-]*+){BLANK}*+(?:(?P<equals>=)|(?=;)|\Z)", FLAGS)
_NAME = re.compile(r"--([a-z][\w-]*+)", FLAGS)
_SEPARATORS = re.compile(r"[ \t\n\r\f\v;]*+")
_AFTER_QUOTED = rf"{BLANK}*+(?:;(?=[ \t\n\r\f\v;]*+(?:--|\Z))|\Z)"
_QUOTED = re.compile(
    rf"{BLANK}*+(?:'(?P<single>(?:[^']++|'')*+)'|\"(?P<double>(?:[^\"]++|\"\")*+)\"){_AFTER_QUOTED}", FLAGS
)
_NEXT_ITEM = re.compile(rf";{BLANK}*+(?=--[a-z])", FLAGS)


def key_of(name: str) -> str:
    """Return an option's one name: in any case, '-' and '_' are equal; --backup is short for --remote-backup."""
    key = name.lower().replace("_", "-")
    return {"backup": "remote-backup"}.get(key, key)


def read_items(inside: str) -> Iterator[tuple[str, str | None]]:
    """Yield name and value of each item in a comment's inside; None for an item without '='. Raises BadOption."""
    position, name = _skip(inside, 0), ""
    while position < len(inside):
        head = _HEAD.match(inside, position)
        if head is None:
            raise BadOption(_malformed(inside, position, name))
        name, value, position = head["name"], None, head.end()
        if head["equals"]:
            value, position = _value(inside, position, exact=key_of(name) == "password")
        yield name, value
        position = _skip(inside, position)


def _skip(inside: str, position: int) -> int:
    found = _SEPARATORS.match(inside, position)
    return found.end() if found else position


def _malformed(inside: str, position: int, previous: str) -> str:
    named = _NAME.match(inside, position)
    right = "items have the form --name=value or --name and are separated by ';'"
    if named:
        return f"Option --{named[1][:SHOWN]} is followed by neither '=' nor ';': {right}."
    where = f"What follows option --{previous[:SHOWN]}" if previous else "The source comment's beginning"
    return f"{where} is no option: {right}."


def _value(inside: str, position: int, *, exact: bool) -> tuple[str, int]:
    """Return the value that begins at an offset, and the offset behind it."""
    found = _QUOTED.match(inside, position)
    if found and found["single"] is not None:
        return found["single"].replace("''", "'"), found.end()
    if found:
        return found["double"].replace('""', '"'), found.end()
    following = _NEXT_ITEM.search(inside, position)
    end = following.start() if following else len(inside)
    bare = inside[position:end]
    if not exact:
        return bare.strip(BLANKS + ";"), end
    if not following:  # what closes the last item, and the blanks before the comment's end, are not its password's
        bare = bare.rstrip(BLANKS).removesuffix(";")
    return bare, end
