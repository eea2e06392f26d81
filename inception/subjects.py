"""The things in a statement that rules look at, in the order in which findings are listed. Pure."""

from collections.abc import Iterator

from inception.advance import new_table
from inception.scene import NewColumn, NewDefault, NewForeignKey, NewIndex, NewKeys, Reshaped, Scene
from inception.schema import actions, statements
from inception.schema.alter import AlterTable
from inception.schema.apply import apply
from inception.schema.define import CreateTable
from inception.schema.model import ForeignKey, Index, Table

_KEYS = actions.AddIndex | actions.AddForeignKey
_SHAPING = (
    actions.AddColumn | actions.ChangeColumn | actions.DropColumn | actions.AddIndex | actions.DropIndex
    | actions.DropConstraint | actions.ConvertCharset | actions.SetOption
)  # fmt: skip


def subjects(scene: Scene) -> Iterator[object]:
    """Yield the statement, its form, and every thing that it makes or changes."""
    yield scene.statement
    form = scene.statement.form
    if form is None:
        return
    yield form
    match form:
        case CreateTable(like=None):
            yield from _new_table(form, scene)
        case AlterTable():
            yield from _altered(form, scene)
        case statements.CreateIndex(index=index) if scene.old is not None:
            table = _settled(scene) or scene.old
            yield NewIndex(index, table, scene.old.indexes)
            yield Reshaped(table, scene.old, added=(index,))


def _settled(scene: Scene) -> Table | None:
    """Return the table as it will stand; under its new name where it is renamed."""
    return scene.after.table(scene.statement.changes[-1]) if scene.statement.changes else None


def _new_table(create: CreateTable, scene: Scene) -> Iterator[object]:
    written = create.table
    table = _settled(scene)
    if table is None or scene.after is scene.before:  # it exists: look at what was written all the same
        table = new_table(written, scene.before, scene.world.server.syntax)
    for column in written.columns:
        yield NewColumn(column, table)
    yield from _new_indexes(written.indexes, (), table)
    for key in _enforced(written.foreign_keys, table):
        yield NewForeignKey(key, table)
    yield Reshaped(table, None, written, written.indexes)
    yield NewKeys(table)


def _enforced(keys: tuple[ForeignKey, ...], table: Table) -> tuple[ForeignKey, ...]:
    """REFERENCES in a column is no foreign key on servers that take no notice of it."""
    columns = {key.columns for key in table.foreign_keys}
    return tuple(key for key in keys if not key.inline or key.columns in columns)


def _new_indexes(added: tuple[Index, ...], kept: tuple[Index, ...], table: Table) -> Iterator[NewIndex]:
    for place, index in enumerate(added):
        yield NewIndex(index, table, kept, added[:place], added[place + 1 :])


def _altered(form: AlterTable, scene: Scene) -> Iterator[object]:
    before = scene.old
    if before is None:
        return
    table = _settled(scene) or before
    added = tuple(action.index for action in form.actions if isinstance(action, actions.AddIndex))
    new_indexes = _new_indexes(added, _kept(form, before, scene) if added else (), table)
    for action in form.actions:
        yield action
        match action:
            case actions.AddColumn(column=column):
                yield NewColumn(column, table)
            case actions.ChangeColumn(old=old, column=column):
                yield NewColumn(column, table, before.column(old))
            case actions.AddIndex():
                yield next(new_indexes)
            case actions.AddForeignKey(foreign_key=key) if _enforced((key,), table):
                yield NewForeignKey(key, table)
            case actions.SetDefault(column=name) | actions.DropDefault(column=name):
                settled = table.column(name)
                if settled is not None:
                    default = action.default if isinstance(action, actions.SetDefault) else None
                    yield NewDefault(default, settled, table)
    if any(isinstance(action, _SHAPING) for action in form.actions):
        yield Reshaped(table, before, added=added)
    if any(_drops_primary_key(action) for action in form.actions):
        yield NewKeys(table)


def _kept(form: AlterTable, before: Table, scene: Scene) -> tuple[Index, ...]:
    """Return the indexes of the table that were there before, as the other actions leave them."""
    others = [action for action in form.actions if not isinstance(action, _KEYS)]
    return apply(before, others, scene.world.server.syntax).indexes


def _drops_primary_key(action: object) -> bool:
    return isinstance(action, actions.DropIndex) and action.name.upper() == "PRIMARY"
