"""The one ALTER TABLE that turns a definition into another: this is the rollback of DDL.

Both definitions are as one server prints them in SHOW CREATE TABLE. Positions of columns and the order of indexes are
restored too, so that the server prints the wanted definition again. Pure text work: whether the data allows it is
the server's to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inception.errors import DefinitionError
from inception.schema.diff_columns import column_changes
from inception.schema.diff_indexes import index_changes
from inception.schema.model import Check, ForeignKey, Table
from inception.schema.rename import parent_of, rename_columns, rename_table
from inception.schema.render import render_check, render_foreign_key, render_option, render_period
from inception.sql import quote_name

_NO_RENAMES: Mapping[str, str] = {}


def restoring(current: Table, wanted: Table, *, renamed: Mapping[str, str] = _NO_RENAMES) -> list[str]:
    """Return what turns `current` into `wanted`: as a rule the one ALTER TABLE of `diff`, none if they are the same.

    Two where a column of a foreign key gets its old name and an index is dropped: MySQL looks for the index that the
    foreign key needs by the name that the column has before, and refuses to make it anew (error 1553).

    Raises as `diff`.
    """
    named = rename_columns(current, renamed)
    steps = [(current, named), (named, wanted)] if _key_renamed(current, named, wanted) else [(current, wanted)]
    texts = [diff(*step, renamed=renamed if step[0] is current else _NO_RENAMES) for step in steps]
    return [text for text in texts if text]


def _key_renamed(current: Table, named: Table, wanted: Table) -> bool:
    """Tell whether the columns of a foreign key get other names, and indexes are dropped."""
    renamed = [old.columns for old in current.foreign_keys] != [new.columns for new in named.foreign_keys]
    return renamed and bool(index_changes(named, wanted)[0])


def diff(current: Table, wanted: Table, *, renamed: Mapping[str, str] = _NO_RENAMES) -> str | None:
    """Return the ALTER TABLE, ended by `;`, that turns `current` into `wanted`; None if they are the same.

    `renamed` maps current column names to wanted ones: without it a renamed column is another column, and its data is
    lost. The AUTO_INCREMENT counter is left alone. Raises DefinitionError where one ALTER cannot do it.
    """
    if not (current.complete and wanted.complete) or current.is_view or wanted.is_view:
        raise DefinitionError(f"The definition of {current.name} is not known.")
    clauses = [clause for step in _steps(current, wanted, renamed) for clause in step]
    partitioning = _partitioning(rename_columns(current, renamed), wanted)
    if not clauses and not partitioning:
        return None
    words = [f"ALTER TABLE {_full(current)}", ", ".join(clauses), partitioning]
    return " ".join(word for word in words if word) + ";"


def _full(table: Table) -> str:
    return quote_name(*(part for part in (table.name.database, table.name.name) if part))


def _steps(current: Table, wanted: Table, renamed: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the clauses: what goes, what comes or changes, options, name."""
    dropped, added = column_changes(current, wanted, renamed)
    as_named = rename_table(rename_columns(current, renamed), wanted.name)
    indexes_dropped, indexes_added = index_changes(as_named, wanted)
    keys_dropped, keys_added = _foreign_keys(as_named, current, wanted)
    checks_dropped, checks_added = _checks(as_named, current, wanted)
    periods_dropped, periods_added = _periods(as_named, wanted)
    yield from (dropped, indexes_dropped, keys_dropped, checks_dropped, periods_dropped)
    yield from (added, indexes_added, keys_added, checks_added, periods_added)
    yield list(_options(current, wanted))
    if current.name != wanted.name:
        yield [f"RENAME TO {_full(wanted)}"]


def _foreign_keys(as_named: Table, current: Table, wanted: Table) -> tuple[list[str], list[str]]:
    """Return drops and adds. `as_named` has the names that the rename will give; drops go by those of `current`."""
    there = [_normal(key, as_named) for key in as_named.foreign_keys]
    goal = [_normal(key, wanted) for key in wanted.foreign_keys]
    drops = [
        f"DROP FOREIGN KEY {quote_name(key.name)}"
        for key, normal in zip(current.foreign_keys, there, strict=True)
        if normal not in goal
    ]
    changed = {key.name for key in there if key not in goal} & {key.name for key in goal if key not in there}
    if changed:
        raise DefinitionError(
            f"Foreign key '{min(changed)}' of {wanted.name} differs: "
            "servers refuse to drop and add a name in one ALTER TABLE."
        )
    adds = [f"ADD {render_foreign_key(_as_now(key, current, wanted), '')}" for key in goal if key not in there]
    return drops, adds


def _normal(key: ForeignKey, table: Table) -> ForeignKey:
    return replace(key, parent=parent_of(key, table))


def _as_now(key: ForeignKey, current: Table, wanted: Table) -> ForeignKey:
    """A foreign key to the table itself names it as it is called while the ALTER runs."""
    return replace(key, parent=current.name) if key.parent == wanted.name else key


def _checks(as_named: Table, current: Table, wanted: Table) -> tuple[list[str], list[str]]:
    drops: list[str] = []
    changes: list[str] = []
    goal = {check.name: check for check in wanted.checks}
    kept: set[str] = set()
    for now, check in zip(current.checks, as_named.checks, strict=True):
        other = goal.get(check.name)
        if other is None or other.expression != check.expression:
            drops.append(f"DROP CONSTRAINT {quote_name(now.name)}")
            continue
        kept.add(check.name)
        if other != check:
            changes.append(f"ALTER CHECK {quote_name(now.name)} {'' if other.enforced else 'NOT '}ENFORCED")
    added: list[Check] = [check for check in wanted.checks if check.name not in kept]
    return drops, [*changes, *(f"ADD {render_check(check)}" for check in added)]


def _periods(as_named: Table, wanted: Table) -> tuple[list[str], list[str]]:
    gone = [period for period in as_named.periods if period not in wanted.periods]
    new = [period for period in wanted.periods if period not in as_named.periods]
    if any(period.name.upper() == "SYSTEM_TIME" for period in (*gone, *new)):
        raise DefinitionError(f"The system-time period of {wanted.name} cannot be restored in one ALTER TABLE.")
    return [f"DROP PERIOD FOR {quote_name(each.name)}" for each in gone], [f"ADD {render_period(each)}" for each in new]


# What takes a table option back to the server's default.
_RESET = {
    **dict.fromkeys(("comment", "connection", "engine_attribute", "secondary_engine_attribute"), "''"),
    **dict.fromkeys(("stats_persistent", "stats_auto_recalc", "stats_sample_pages", "pack_keys"), "DEFAULT"),
    **dict.fromkeys(("row_format", "page_checksum", "transactional"), "DEFAULT"),
    **dict.fromkeys(("avg_row_length", "checksum", "table_checksum", "delay_key_write", "max_rows"), "0"),
    **dict.fromkeys(("min_rows", "key_block_size", "autoextend_size"), "0"),
    "compression": "''",
    "encryption": "'N'",
    "insert_method": "NO",
    "secondary_engine": "NULL",
}


def _options(current: Table, wanted: Table) -> Iterator[str]:
    now, then = dict(current.options), dict(wanted.options)
    if (now.get("charset"), now.get("collation")) != (then.get("charset"), then.get("collation")):
        names = [name for name in ("charset", "collation") if name in then]
        yield " ".join(render_option(name, then[name]) for name in names)
    for name, value in wanted.options:
        if name not in _APART and now.get(name) != value:
            yield "ADD SYSTEM VERSIONING" if name == "system_versioning" else render_option(name, value)
    for name in now:
        if name not in _APART and name not in then:
            yield _reset(name, current)


_APART = ("charset", "collation", "auto_increment")


def _reset(name: str, table: Table) -> str:
    if name == "system_versioning":
        return "DROP SYSTEM VERSIONING"
    if name.startswith("`"):
        return f"{quote_name(name[1:])}=DEFAULT"
    if name not in _RESET:
        raise DefinitionError(f"The option {name.upper()} of {table.name} cannot be taken back by an ALTER TABLE.")
    return f"{name.upper()}={_RESET[name]}"


def _partitioning(current: Table, wanted: Table) -> str:
    if current.partitioning == wanted.partitioning:
        return ""
    return wanted.partitioning or "REMOVE PARTITIONING"
