"""Which columns take no NULL, and which have a value of their own when a row gives none. Pure.

Manual: "Data Type Default Values", "Automatic Initialization and Updating for TIMESTAMP and DATETIME".
"""

from inception.batch.statement import Insert, Update
from inception.rule import Level
from inception.scene import Scene
from inception.schema.model import Column, Table
from inception.world import Server


def refuses_null(column: Column, table: Table, event: str, scene: Scene) -> bool:
    """Tell whether NULL for a column is refused: AUTO_INCREMENT and automatic TIMESTAMP columns make a value of it.

    A BEFORE trigger of that event (INSERT, UPDATE) may put something in its place.
    """
    if column.nullable or column.generated or table.is_view or scene.fires("BEFORE", event):
        return False
    if column.auto_increment:
        return event != "INSERT"
    automatic = column.type == "timestamp" and (
        scene.world.server.automatic_timestamps or _maria_automatic(column, scene)
    )
    return not automatic


def _maria_automatic(column: Column, scene: Scene) -> bool:
    """MariaDB takes NULL for the current time in a TIMESTAMP that has it as its default, whatever the settings."""
    has_now = column.on_update is not None or (column.default is not None and column.default.expression)
    return scene.world.server.version.mariadb and has_now


def level_of_null(form: Insert | Update, scene: Scene) -> Level:
    """Return how grave NULL for a NOT NULL column is: with IGNORE, or not strict, servers make 0 or '' of it.

    A single row that is inserted is refused all the same, but for IGNORE.
    """
    made = form.ignore or not scene.world.server.strict
    alone = isinstance(form, Insert) and len(form.row_sizes) == 1 and not form.ignore
    return Level.WARNING if made and not alone else Level.ERROR


def has_default(column: Column, server: Server) -> bool:
    """Tell whether a row need not give the column a value. ENUM has its first label."""
    if column.nullable or column.default is not None or column.auto_increment or column.generated:
        return True
    if column.type == "enum" or any(name == "generated_as_row" for name, _ in column.extra):
        return True
    return column.type == "timestamp" and server.automatic_timestamps


def listed_columns(names: tuple[str, ...] | None, table: Table | None) -> tuple[Column | None, ...] | None:
    """Return the columns that an INSERT fills, in order; None for the list where they are not known."""
    if table is None or not table.complete or table.is_view:
        return None
    if names is None:
        return tuple(column for column in table.columns if not column.invisible)
    return tuple(table.column(name) for name in names)
