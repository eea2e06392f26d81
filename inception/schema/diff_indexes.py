"""Which indexes an ALTER TABLE must drop, add and rename to turn one definition into another, order included."""

from dataclasses import replace

from inception.schema.model import Index, IndexKind, Table
from inception.schema.render import render_index
from inception.sql import quote_name


def index_changes(current: Table, wanted: Table) -> tuple[list[str], list[str]]:
    """Return the clauses that drop indexes, and those that add and change them. Columns have their wanted names.

    A server sorts indexes into classes (see `sort_class`), and within one it prints them as they were made: an index
    that was made after one that must be added again is itself dropped and added. That costs nothing: servers see that
    its definition is the same.
    """
    kept = {} if _block_size_changes(current, wanted) else _kept(current, wanted)
    for name in _out_of_order(current, wanted, kept):
        del kept[name]
    stay = {index.name for index in kept.values()}
    drops = [_drop(index) for index in current.indexes if index.name not in stay]
    adds = [f"ADD {render_index(index)}" for index in wanted.indexes if index.name not in kept]
    changes = [clause for index in wanted.indexes if index.name in kept for clause in _change(kept[index.name], index)]
    return drops, [*changes, *adds]


def _block_size_changes(current: Table, wanted: Table) -> bool:
    """MariaDB's indexes keep, each for itself, the KEY_BLOCK_SIZE of a table that no longer has it."""
    size = current.option("key_block_size")
    return size is not None and size != wanted.option("key_block_size")


def _drop(index: Index) -> str:
    return "DROP PRIMARY KEY" if index.kind is IndexKind.PRIMARY else f"DROP INDEX {quote_name(index.name)}"


def _kept(current: Table, wanted: Table) -> dict[str, Index]:
    """Return wanted name → the current index that becomes it: of that name, or of that definition."""
    by_name = {index.name: index for index in current.indexes}
    kept = {
        index.name: by_name[index.name]
        for index in wanted.indexes
        if index.name in by_name and _body(by_name[index.name]) == _body(index)
    }
    wanted_names = {index.name.casefold() for index in wanted.indexes}
    free = [index for index in current.indexes if index.name.casefold() not in wanted_names]
    current_names = {index.name.casefold() for index in current.indexes}
    for index in wanted.indexes:
        other = next((each for each in free if _named(each, index.name) == index), None)
        if other is not None and index.name.casefold() not in current_names and index.kind is not IndexKind.PRIMARY:
            kept[index.name] = other
            free.remove(other)
    return kept


def _named(index: Index, name: str) -> Index:
    return replace(index, name=name)


def _body(index: Index) -> Index:
    """Return what cannot be changed but by dropping: everything but visibility."""
    return replace(index, invisible=False, extra=tuple(each for each in index.extra if each[0] != "ignored"))


def _change(current: Index, wanted: Index) -> list[str]:
    if current.name != wanted.name:
        return [f"RENAME INDEX {quote_name(current.name)} TO {quote_name(wanted.name)}"]
    if current.invisible == wanted.invisible:
        return []
    maria = ("ignored", "") in (*current.extra, *wanted.extra)
    words = (
        ("IGNORED" if wanted.invisible else "NOT IGNORED")
        if maria
        else ("INVISIBLE" if wanted.invisible else "VISIBLE")
    )
    return [f"ALTER INDEX {quote_name(wanted.name)} {words}"]


def _out_of_order(current: Table, wanted: Table, kept: dict[str, Index]) -> list[str]:
    """Return the kept indexes that would stand at a wrong place: behind an added one, or out of their old order."""
    places = {index.name: at for at, index in enumerate(current.indexes)}
    # whether an expression can be NULL is not ours to say: then all unique indexes count as one class
    expressions = any(part.expression for index in wanted.indexes for part in index.parts)
    wrong: list[str] = []
    broken: set[tuple[int, ...]] = set()
    last: dict[tuple[int, ...], int] = {}
    for index in wanted.indexes:
        group = (1,) if index.kind is IndexKind.UNIQUE and expressions else sort_class(index, wanted)
        if index.name not in kept:
            broken.add(group)
        elif group in broken or places[kept[index.name].name] < last.get(group, -1):
            broken.add(group)
            wrong.append(index.name)
        else:
            last[group] = places[kept[index.name].name]
    return wrong


def sort_class(index: Index, table: Table) -> tuple[int, ...]:
    """Return the class by which servers sort a table's indexes; within one they stand in the order of their making.

    The primary key; unique ones without nullable columns; then with: each without prefixes first; others; fulltext.
    Source: sort_keys() in sql/sql_table.cc of MySQL and MariaDB.
    """
    if index.kind is IndexKind.PRIMARY:
        return (0,)
    if index.kind is IndexKind.UNIQUE:
        columns = [table.column(part.column) for part in index.parts]
        nullable = any(column is None or column.nullable for column in columns)
        return 1, nullable, any(part.prefix is not None for part in index.parts)
    return 2, index.kind is IndexKind.FULLTEXT
