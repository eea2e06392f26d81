"""The SHOW statements that clients send by themselves. This server has no tables: most lists are empty."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from inception.answer import Answer, CellType, Field, ResultSet, Value, texts
from inception.charset import CHARSETS
from inception.wire.charset import shown_collation
from inception.wire.codecs import Collation
from inception.wire.facts import ClientFacts

_NAME_AND_VALUE = texts("Variable_name", "Value")
_STRINGS = re.compile(r"""'([^'\\]|\\.|'')*+'|"([^"\\]|\\.|"")*+\"""")
_FILTER = r"(?:\s+(?:like|where)\s+(?P<filter>.+))?"
_DATABASE = r"(?:\s+(?:from|in)\s+(?P<database>`[^`]+`|\w+))?"


def answer_show(statement: str, facts: ClientFacts) -> Answer | None:
    """Return the answer to a SHOW statement that clients send by themselves, None for any other."""
    for pattern, answer in _SHOWS.items():
        if found := re.fullmatch(rf"show\s+{pattern}", statement, re.IGNORECASE | re.DOTALL):
            return answer(found, facts)
    return None


def like_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a LIKE pattern: `%`, `_`, a backslash before either; in any case."""
    pieces: list[str] = [""]
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if part == "_" else re.escape(part[-1])
    first, *middle = pieces
    last = ".*" + middle.pop() if middle else ""
    # The leftmost place is right for every piece but the last: nothing is ever tried again.
    text = first + "".join(f"(?>.*?{piece})" for piece in middle) + last
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def _named(names: Iterable[str], condition: str | None) -> list[str]:
    """Return the names that a LIKE matches, or that a WHERE names in any of its strings."""
    if condition is None:
        return list(names)
    patterns = [like_pattern(found[0][1:-1]) for found in _STRINGS.finditer(condition)]
    return [name for name in names if any(pattern.fullmatch(name) for pattern in patterns)]


def _variables(found: re.Match[str], facts: ClientFacts) -> Answer:
    values = facts.all_variables()
    rows = [(name, _shown(name, values[name])) for name in _named(values, found["filter"])]
    return ResultSet(_NAME_AND_VALUE, rows)


def _shown(name: str, value: Value) -> str:
    """Return a value as SHOW VARIABLES has it: switches are words there, and numbers for SELECT."""
    if value in (0, 1) and name in _SWITCHES:
        return "ON" if value else "OFF"
    return "" if value is None else str(value)


_SWITCHES = frozenset(
    (
        *("autocommit", "in_transaction", "performance_schema", "profiling", "read_only", "sql_auto_is_null"),
        *("sql_safe_updates", "super_read_only", "transaction_read_only", "tx_read_only"),
    )
)


def _collations(found: re.Match[str], _: ClientFacts) -> Answer:
    fields = (
        *texts("Collation", "Charset"),
        Field("Id", CellType.INT),
        *texts("Default", "Compiled"),
        Field("Sortlen", CellType.INT),
    )
    collations = {shown_collation(collation.value): collation for collation in Collation}
    defaults = {shown_collation(charset.collation_id) for charset in CHARSETS.values()}
    return ResultSet(
        fields,
        [
            (name, _charset_of(name), collations[name].value, "Yes" if name in defaults else "", "Yes", 1)
            for name in _named(collations, found["filter"])
        ],
    )


def _charset_of(collation: str) -> str:
    return collation.split("_", 1)[0]


def _charsets(found: re.Match[str], _: ClientFacts) -> Answer:
    fields = (*texts("Charset", "Description", "Default collation"), Field("Maxlen", CellType.INT))
    named = [CHARSETS[name] for name in _named(CHARSETS, found["filter"])]
    return ResultSet(
        fields, [(each.name, each.name, shown_collation(each.collation_id), each.max_bytes) for each in named]
    )


def _tables(found: re.Match[str], facts: ClientFacts) -> Answer:
    database = (found["database"] or facts.database or "").strip("`")
    more = texts("Table_type") if found["full"] else ()
    return ResultSet((*texts(f"Tables_in_{database}"), *more), [])


_NOTES = (*texts("Level"), Field("Code", CellType.INT), *texts("Message"))


def _notes(found: re.Match[str], facts: ClientFacts) -> Answer:
    rows = [note for note in facts.notes if note.level == "Error" or found["what"].lower() == "warnings"]
    start, count = int(found["start"] or 0), int(found["count"] or len(rows))
    return ResultSet(_NOTES, rows[start : start + count])


def _count(found: re.Match[str], facts: ClientFacts) -> Answer:
    variable = f"{found['what'].lower()[:-1]}_count"
    return ResultSet((Field(f"@@session.{variable}", CellType.INT),), [(facts.variable(variable),)])


def _table(fields: Sequence[Field]) -> Callable[[re.Match[str], ClientFacts], Answer]:
    """Return what answers a list that is always empty here."""
    return lambda _, __: ResultSet(tuple(fields), [])


_TABLE_STATUS = (
    "Name Engine Version Row_format Rows Avg_row_length Data_length Max_data_length Index_length Data_free"
    " Auto_increment Create_time Update_time Check_time Collation Checksum Create_options Comment"
)
_SHOWS: Mapping[str, Callable[[re.Match[str], ClientFacts], Answer]] = {
    r"(?P<what>warnings|errors)(?:\s+limit\s+(?:(?P<start>\d{1,9})\s*,\s*)?(?P<count>\d{1,18}))?": _notes,
    r"count\s*\(\s*\*\s*\)\s+(?P<what>warnings|errors)": _count,
    rf"(?:(?:global|session|local)\s+)?variables{_FILTER}": _variables,
    rf"(?:(?:global|session|local)\s+)?status{_FILTER}": _table(_NAME_AND_VALUE),
    rf"collation{_FILTER}": _collations,
    rf"(?:character\s+set|charset){_FILTER}": _charsets,
    rf"(?:databases|schemas){_FILTER}": _table(texts("Database")),
    rf"(?P<full>full\s+)?tables{_DATABASE}{_FILTER}": _tables,
    rf"table\s+status{_DATABASE}{_FILTER}": _table(texts(*_TABLE_STATUS.split())),
    r"(?:storage\s+)?engines": _table(texts("Engine", "Support", "Comment", "Transactions", "XA", "Savepoints")),
    r"plugins": _table(texts("Name", "Status", "Type", "Library", "License")),
}
