"""How the ALTER TABLE of a scene will run, and how that is said. Pure."""

from inception.facts.online_ddl import Foreseen, Work, foresee
from inception.scene import Scene
from inception.schema.actions import AddIndex
from inception.schema.alter import AlterTable
from inception.world import UNREAD, Stored, Tried


def foreseen_in(scene: Scene) -> Foreseen | None:
    """Return how the statement will run; None where it alters no table that the target has now.

    A table that is made in the batch has no rows that matter.
    """
    form, table = scene.statement.form, scene.old
    if not isinstance(form, AlterTable) or table is None or table.is_view or stored_in(scene) is None:
        return None
    if form.ignore:
        return Foreseen(Work.UNKNOWN)
    said = foresee(table, form.actions, scene.world.server, stored_in(scene) or UNREAD)
    tried = scene.world.tried.get(scene.statement.number)
    if said.work is Work.UNKNOWN and tried is not None:
        return _as_tried(tried, form)
    return Foreseen(said.work, said.algorithm, said.concurrent) if form.online else said


def _as_tried(tried: Tried, form: AlterTable) -> Foreseen:
    """Return what a trial on an empty copy of the table has shown."""
    indexes = sum(isinstance(action, AddIndex) for action in form.actions)
    if tried.algorithm == "COPY":
        return Foreseen(Work.COPY, "COPY")
    work = Work.REBUILD if tried.rebuilt else Work.INDEX if indexes else Work.METADATA
    return Foreseen(work, tried.algorithm, tried.concurrent, assertable=True, indexes=indexes)


def stored_in(scene: Scene) -> Stored | None:
    """Return what is stored of the statement's table; None where the target has no such table now."""
    key = scene.before.key(scene.statement.changes[0])
    return scene.world.stored.get(key, UNREAD) if key in scene.world.catalog.tables else None


def sentence(said: Foreseen, table: str, stored: Stored) -> str:
    """Return what an audit says of it."""
    if said.work is Work.UNKNOWN:
        return f"How the target will run this ALTER of table '{table}' is not known."
    how = f"ALGORITHM={said.algorithm}: {said.work.value}"
    if said.work in (Work.REBUILD, Work.COPY) and stored.size is not None:
        how += f", {megabytes(stored.size)}"
    if said.work is not Work.METADATA or not said.concurrent:
        how += "; other sessions may write meanwhile" if said.concurrent else "; writes of other sessions have to wait"
    if said.versions_left is not None:
        how += f"; {said.versions_left} more changes of columns are INSTANT before one rebuilds the table"
    return f"Table '{table}' will be altered by {how}."


def megabytes(size: int) -> str:
    """Return a size as people read it."""
    return f"{size / 2**20:.1f} MB" if size < 100 * 2**20 else f"{size >> 20} MB"
