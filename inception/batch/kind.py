"""The kind of a statement, from its first words."""

import re

from inception.batch.statement import Kind

_GAP = r"(?:\s|/\*(?!!|M!)(?:[^*]|\*(?!/))*+\*/|--(?=\s)[^\n]*+(?:\n|\Z)|\#[^\n]*+(?:\n|\Z))"
_LEADING = re.compile(f"{_GAP}*+")
_WORDS = re.compile(rf"[A-Za-z_]+|{_GAP}++|.", re.S)

_DEFINER = {"ALGORITHM", "DEFINER", "SQL"}
_FILLER = {"OR", "REPLACE", "TEMPORARY", "ONLINE", "OFFLINE", "IGNORE", "UNIQUE", "FULLTEXT", "SPATIAL"}
_OBJECTS = {"TABLE": "TABLE", "TABLES": "TABLE", "DATABASE": "DATABASE", "SCHEMA": "DATABASE", "INDEX": "INDEX",
            "VIEW": "VIEW"}  # fmt: skip
_PLAIN = {
    "USE": Kind.USE,
    "INSERT": Kind.INSERT,
    "REPLACE": Kind.REPLACE,
    "UPDATE": Kind.UPDATE,
    "DELETE": Kind.DELETE,
    "SELECT": Kind.SELECT,
    "VALUES": Kind.SELECT,
    "TABLE": Kind.SELECT,
    "WITH": Kind.SELECT,
    "(": Kind.SELECT,
    "TRUNCATE": Kind.TRUNCATE,
}
_HARMLESS = {Kind.CREATE_VIEW, Kind.ALTER_VIEW, Kind.DROP_VIEW, Kind.CREATE_INDEX}  # DROP INDEX may drop the key
_MOST_WORDS = 40  # CREATE DEFINER=… SQL SECURITY … VIEW


def kind_of(text: str) -> Kind:
    """Return the kind of a statement; WITH counts as SELECT until the rest has been read."""
    verb = next(iter(first_words(text, 1)), "")
    if verb in _PLAIN:
        return _PLAIN[verb]
    words = first_words(text)
    if verb == "SET":
        following = words[1:3]
        names = following[:1] == ["NAMES"] or following == ["CHARACTER", "SET"] or following[:1] == ["CHARSET"]
        return Kind.SET_NAMES if names and "," not in words else Kind.SET
    if verb in ("CREATE", "ALTER", "DROP", "RENAME"):
        return _definition(verb, words[1:])
    return Kind.OTHER


def redefines(text: str, table: str) -> bool:
    """Tell whether a statement may change the columns or the primary key of a table: it has its name in it."""
    kind = kind_of(text)
    return kind.is_ddl and kind not in _HARMLESS and bool(re.search(rf"(?<!\w){re.escape(table)}(?!\w)", text, re.I))


def first_words(text: str, most: int = _MOST_WORDS) -> list[str]:
    """Return the first words and signs in capitals, comments left out."""
    words = []
    for match in _WORDS.finditer(text, skip_gap(text)):
        token = match.group()
        if token[0].isspace() or token[0] == "#" or token.startswith(("/*", "--")):
            continue
        words.append(token.upper())
        if len(words) == most:
            break
    return words


def skip_gap(text: str, start: int = 0) -> int:
    """Return where the first thing after white space and comments stands."""
    match = _LEADING.match(text, start)
    return match.end() if match else start


def _definition(verb: str, words: list[str]) -> Kind:
    rest = [word for word in words if word not in _FILLER]
    if rest and rest[0] in _DEFINER:
        return Kind[f"{verb}_VIEW"] if "VIEW" in rest and verb in ("CREATE", "ALTER") else Kind.OTHER
    name = f"{verb}_{_OBJECTS.get(rest[0], '')}" if rest else ""
    return Kind[name] if name in Kind.__members__ else Kind.OTHER
