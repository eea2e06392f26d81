"""What one ALTER TABLE asks for that its table cannot give: names that are missing, names that are taken. Pure.

Follows the server's order: what goes and changes is looked up in the table as it was; places (AFTER) and new names in
the table as it comes to be. Index names that are added are judged with the indexes, not here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from inception.rule import Level, Said
from inception.schema import actions as act
from inception.schema.model import Table

_COLUMN_CHANGES = (
    act.DropColumn | act.ChangeColumn | act.RenameColumn | act.SetDefault | act.DropDefault | act.ColumnVisibility
)  # fmt: skip


@dataclass
class _Columns:
    """The columns while the actions are followed: those of the table as it was, and what has been asked of each."""

    before: dict[str, str]  # casefolded → casefolded name that it will have
    changed: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)


def missing(table: Table, actions: Sequence[act.Action]) -> Iterator[Said]:
    """Yield an error for each column, index or key that is asked for and not there; a warning for IF EXISTS."""
    name = table.name.name
    columns = _Columns({column.name.casefold(): column.name.casefold() for column in table.columns})
    if table.complete:
        for action in actions:
            yield from _missing_column(action, columns, name)
        yield from _missing_places(actions, columns, name)
        added = any(isinstance(action, act.AddColumn) for action in actions)
        if columns.gone and columns.gone >= columns.before.keys() and not added:
            yield _error(f"You can't drop all columns of table '{name}'.")
    yield from _missing_keys(table, actions)


def _error(text: str) -> Said:
    return Said(Level.ERROR, text)


def _said(passes: bool, text: str) -> Said:
    return Said(Level.WARNING if passes else Level.ERROR, text)


def _missing_column(action: act.Action, columns: _Columns, name: str) -> Iterator[Said]:
    if not isinstance(action, _COLUMN_CHANGES):
        return
    wanted, passes, once = _wanted_column(action)
    key = wanted.casefold()
    if key not in columns.before or key in columns.gone or (once and key in columns.changed):
        again = " again" if key in columns.before else ""
        yield _said(passes, f"Column '{wanted}' can't be changed or dropped{again}: table '{name}' has no such column.")
        return
    match action:
        case act.DropColumn():
            columns.gone.add(key)
        case act.ChangeColumn(column=column):
            columns.before[key] = column.name.casefold()
        case act.RenameColumn(new=new):
            columns.before[key] = new.casefold()
    if once:
        columns.changed.add(key)


def _wanted_column(action: act.Action) -> tuple[str, bool, bool]:
    """Return the column that an action is about, whether it may be absent, and whether it takes the column up."""
    match action:
        case act.DropColumn(name=name, if_exists=passes) | act.ChangeColumn(old=name, if_exists=passes):
            return name, passes, True
        case act.RenameColumn(old=name):
            return name, False, True
        case act.SetDefault(column=name) | act.DropDefault(column=name) | act.ColumnVisibility(column=name):
            return name, False, False
    return "", True, False


def _missing_places(actions: Sequence[act.Action], columns: _Columns, name: str) -> Iterator[Said]:
    """Find AFTER a column that is not there at that moment; a column that moves cannot be put after itself."""
    line = {new for old, new in columns.before.items() if old not in columns.gone}
    for action in actions:
        if not isinstance(action, act.AddColumn | act.ChangeColumn):
            continue
        place, own = action.position, action.column.name.casefold()
        if isinstance(place, act.After) and place.column.casefold() not in line - {own}:
            yield _error(f"AFTER '{place.column}': table '{name}' has no such column at that point.")
        line.add(own)


def _missing_keys(table: Table, actions: Sequence[act.Action]) -> Iterator[Said]:
    indexes = {index.name.casefold() for index in table.indexes}
    keys = {key.name.casefold() for key in table.foreign_keys}
    checks = {check.name.casefold() for check in table.checks}
    unique = {index.name.casefold() for index in table.indexes if index.kind in ("unique", "primary")}
    for action in actions:
        found = _wanted_key(action)
        if found is None:
            continue
        what, name, passes = found
        known = {
            "index": indexes, "foreign key": keys, "check": checks, "constraint": unique | keys | checks
        }[what]  # fmt: skip
        if name.casefold() not in known:
            shown = "a primary key" if name == "PRIMARY" and what == "index" else f"{what} '{name}'"
            yield _said(passes, f"Table '{table.name.name}' has no {shown}.".replace("no a ", "no "))
        elif isinstance(action, act.DropIndex | act.DropForeignKey | act.DropCheck):
            known.discard(name.casefold())


def _wanted_key(action: act.Action) -> tuple[str, str, bool] | None:
    """Return what kind of key an action needs, its name, and whether it may be absent."""
    match action:
        case act.DropIndex(name=name, if_exists=passes):
            return "index", name, passes
        case act.RenameIndex(old=name) | act.IndexVisibility(name=name):
            return "index", name, False
        case act.DropForeignKey(name=name, if_exists=passes):
            return "foreign key", name, passes
        case act.DropCheck(name=name) | act.EnforceCheck(name=name):
            return "check", name, False
        case act.DropConstraint(name=name, if_exists=passes):
            return "constraint", name, passes
    return None


def existing(table: Table, actions: Sequence[act.Action]) -> Iterator[Said]:
    """Yield an error for each name that is given although it is taken; a warning for IF NOT EXISTS."""
    if table.complete:
        yield from _existing_columns(table, actions)
    yield from _existing_keys(table, actions)


def _existing_columns(table: Table, actions: Sequence[act.Action]) -> Iterator[Said]:
    taken = [column.name.casefold() for column in table.columns]
    for action in actions:
        match action:
            case act.DropColumn(name=name) if name.casefold() in taken:
                taken.remove(name.casefold())
            case act.ChangeColumn(old=old) | act.RenameColumn(old=old) if old.casefold() in taken:
                taken.remove(old.casefold())
    for action in actions:
        new = _given_name(action)
        if not new:
            continue
        if new.casefold() in taken:
            passes = isinstance(action, act.AddColumn) and action.if_not_exists
            yield _said(passes, f"Column '{new}' exists already in table '{table.name.name}'.")
        taken.append(new.casefold())


def _given_name(action: act.Action) -> str:
    match action:
        case act.AddColumn(column=column) | act.ChangeColumn(column=column):
            return column.name
        case act.RenameColumn(new=new):
            return new
    return ""


def _existing_keys(table: Table, actions: Sequence[act.Action]) -> Iterator[Said]:
    gone = {
        action.name.casefold()
        for action in actions
        if isinstance(action, act.DropIndex | act.DropForeignKey | act.DropCheck | act.DropConstraint)
    }
    renamed = {action.old.casefold() for action in actions if isinstance(action, act.RenameIndex)}
    indexes = _names(index.name for index in table.indexes) - gone - renamed
    keys = _names(key.name for key in table.foreign_keys) - gone
    checks = _names(check.name for check in table.checks) - gone
    for action in actions:
        what, name, passes, taken = "", "", False, keys
        match action:
            case act.RenameIndex(new=name):
                what, taken = "Index", indexes
            case act.AddForeignKey(foreign_key=key, if_not_exists=passes):
                what, name = "Foreign key", key.name
            case act.AddCheck(check=check, if_not_exists=passes):
                what, name, taken = "Check", check.name, checks
        if name and name.casefold() in taken:
            yield _said(passes, f"{what} '{name}' exists already in table '{table.name.name}'.")
        taken.add(name.casefold())


def _names(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}
