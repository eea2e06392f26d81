"""What follows when a column or a table gets another name: the places in the definition that speak of it.

MySQL refuses to rename a column that an expression uses; MariaDB renames it there, and so do we.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from inception.errors import DefinitionError
from inception.lexer import Kind, Token, name_value, tokenize
from inception.schema.model import Column, ForeignKey, Index, IndexPart, Table, TableName, same
from inception.sql import quote_name


def rename_columns(table: Table, names: Mapping[str, str]) -> Table:
    """Return the table with columns renamed (old → new) wherever they are named."""
    new = {old.casefold(): name for old, name in names.items() if old != name}
    if not new:
        return table

    def named(name: str) -> str:
        return new.get(name.casefold(), name)

    def text(expression: str) -> str:
        return _in_expression(expression, new)

    return replace(
        table,
        columns=tuple(_column(column, named(column.name), new) for column in table.columns),
        indexes=tuple(_index(index, new) for index in table.indexes),
        foreign_keys=tuple(_foreign_key(key, table, new) for key in table.foreign_keys),
        checks=tuple(replace(check, expression=text(check.expression)) for check in table.checks),
        partitioning=text(table.partitioning),
        periods=tuple(replace(each, start=named(each.start), end=named(each.end)) for each in table.periods),
    )


def _column(column: Column, name: str, new: Mapping[str, str]) -> Column:
    default, generated = column.default, column.generated
    if default is not None and default.expression:
        default = replace(default, text=_in_expression(default.text, new))
    if generated is not None:
        generated = replace(generated, expression=_in_expression(generated.expression, new))
    check = None if column.check is None else _in_expression(column.check, new)
    return replace(column, name=name, default=default, generated=generated, check=check)


def _index(index: Index, new: Mapping[str, str]) -> Index:
    def part(old: IndexPart) -> IndexPart:
        name = new.get(old.column.casefold(), old.column)
        return replace(old, column=name, expression=_in_expression(old.expression, new))

    return replace(index, parts=tuple(map(part, index.parts)))


def _foreign_key(key: ForeignKey, table: Table, new: Mapping[str, str]) -> ForeignKey:
    def all_of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new.get(name.casefold(), name) for name in names)

    own = parent_of(key, table) == table.name
    return replace(
        key, columns=all_of(key.columns), parent_columns=all_of(key.parent_columns) if own else key.parent_columns
    )


def _names_in(text: str) -> Iterator[tuple[Token, str]]:
    """Yield the tokens that may be column names, and the names casefolded; a word before ( is a function."""
    try:
        tokens = tokenize(text)
    except DefinitionError:  # written for another sql_mode: we see no names in it
        return
    for token, following in pairwise(tokens):
        if token.kind is Kind.NAME or (token.kind is Kind.WORD and following.word != "("):
            yield token, name_value(token.text).casefold()


def mentions(expression: str, names: Container[str]) -> bool:
    """Tell whether an expression speaks of one of these columns (casefolded names)."""
    return any(name in names for _, name in _names_in(expression))


def _in_expression(text: str, new: Mapping[str, str]) -> str:
    """Replace column names in an expression."""
    parts: list[str] = []
    done = 0
    for token, name in _names_in(text):
        if name in new:
            parts += [text[done : token.start], quote_name(new[name])]
            done = token.end
    return "".join([*parts, text[done:]])


def parent_of(key: ForeignKey, table: Table) -> TableName:
    """Return a foreign key's parent table with its database."""
    return TableName(key.parent.database or table.name.database, key.parent.name)


_MADE_NAME = re.compile(r"_(?:ibfk|chk)_[0-9]+\Z")


def rename_table(table: Table, new: TableName) -> Table:
    """Return the table under another name: foreign keys to itself, and constraint names made by the server, follow."""
    old = table.name

    def made(name: str) -> str:
        """Names such as t_ibfk_1 (foreign keys) and t_chk_1 (checks of MySQL) begin with the table's name."""
        number = _MADE_NAME.search(name)
        return new.name + number[0] if number and same(name[: number.start()], old.name) else name

    keys = tuple(
        replace(key, name=made(key.name), parent=new if (parent := parent_of(key, table)) == old else parent)
        for key in table.foreign_keys
    )
    checks = tuple(replace(check, name=made(check.name)) for check in table.checks)
    return replace(table, name=new, foreign_keys=keys, checks=checks)
