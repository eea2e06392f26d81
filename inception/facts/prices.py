"""What each action of an ALTER TABLE costs by itself. Pure. Columns: column_prices.py; sources are named there."""

from dataclasses import replace

from inception.facts.alteration import (
    COPY,
    IN_PLACE,
    INDEX,
    REBUILD,
    UNKNOWN,
    Alteration,
    Price,
    clusters,
    has_kind,
)
from inception.facts.column_prices import adding, changing, dropping, renaming
from inception.schema import actions as act
from inception.schema.model import Index, IndexKind, Table, same

# Options of a table that change nothing in it.
_OPTIONS = frozenset(
    """comment auto_increment charset collation stats_persistent stats_auto_recalc stats_sample_pages max_rows min_rows
    avg_row_length checksum""".split()
)
_STORAGE = frozenset(("row_format", "key_block_size"))


def price_of(action: act.Action, alter: Alteration) -> Price:
    """Return what an action of the ALTER costs; of a table of InnoDB, or of MyISAM, which copies most."""
    if alter.engine == "innodb":
        return _of_innodb(action, alter)
    harmless = act.RenameTable | act.SetDefault | act.DropDefault | act.RenameColumn
    if isinstance(action, harmless) or (isinstance(action, act.SetOption) and action.name == "comment"):
        return alter.instant_at_best
    return COPY if alter.engine == "myisam" and not isinstance(action, act.ChangeColumn) else UNKNOWN


def _of_innodb(action: act.Action, alter: Alteration) -> Price:
    match action:
        case act.AddColumn():
            return adding(action, alter)
        case act.DropColumn(name=name):
            return dropping(name, alter)
        case act.ChangeColumn(old=old, column=written):
            before, after = alter.before.column(old), alter.after.column(written.name)
            if before is None or after is None:
                return UNKNOWN
            return COPY if written.check and not alter.mariadb else changing(before, after, alter)
        case act.RenameColumn(old=old):
            return renaming(old, alter)
        case act.SetDefault() | act.DropDefault() | act.ColumnVisibility() | act.RenameTable():
            return alter.instant_at_best
        case act.PartitionAction():
            return _partitions(action, alter)
    return _of_keys(action, alter)


def _of_keys(action: act.Action, alter: Alteration) -> Price:
    match action:
        case act.AddIndex(index=index):
            return _adding_index(index, alter)
        case act.DropIndex(name=name):
            return _dropping_index(name, alter)
        case act.RenameIndex() | act.IndexVisibility():
            return alter.instant_at_best if alter.mariadb else IN_PLACE
        case act.AddForeignKey(foreign_key=key):
            return _adding_foreign_key(key.columns, alter)
        case act.DropForeignKey():
            return _dropping_foreign_key(alter)
        case act.DropConstraint(name=name):
            return _dropping_constraint(name, alter)
        case act.AddCheck(check=check):
            return COPY if check.enforced else alter.instant_at_best
        case act.DropCheck():
            return alter.instant_at_best
        case act.EnforceCheck(enforced=False):
            return alter.instant_at_best
    return _of_table(action, alter)


def _of_table(action: act.Action, alter: Alteration) -> Price:
    match action:
        case act.SetOption(name="engine", value=value):
            return _rebuilding(alter) if value.lower() == "innodb" else COPY
        case act.SetOption(name="charset" | "collation") if not alter.measured:
            return UNKNOWN
        case act.SetOption(name=name) if name in _OPTIONS:
            return alter.instant_at_best if alter.mariadb else IN_PLACE
        case act.SetOption(name=name) if name in _STORAGE:
            return _rebuilding(alter)
        case act.ConvertCharset():
            return _converting(action, alter)
        case act.Maintain(text=text):
            first = text.split()[0].upper()
            return _rebuilding(alter) if first == "FORCE" else COPY if first == "ORDER" else UNKNOWN
    return UNKNOWN


def _rebuilding(alter: Alteration) -> Price:
    return UNKNOWN if alter.mariadb and alter.virtual_in_index else REBUILD


# -- keys ------------------------------------------------------------------------------------------------------


def _adding_index(index: Index, alter: Alteration) -> Price:
    if _put_back(index, alter):
        return UNKNOWN
    match index.kind:
        case IndexKind.FULLTEXT:
            return _adding_full_text(index, alter)
        case IndexKind.SPATIAL:
            return replace(INDEX, blocks=True)
        case IndexKind.PRIMARY:
            return _adding_primary_key(index, alter)
    if any(part.expression for part in index.parts):
        return _of_expressions(index, alter)
    if clusters(index, alter.after) or (index.kind is IndexKind.UNIQUE and _longer_than_a_key(index, alter.after)):
        return UNKNOWN
    added = (alter.adds(part.column) for part in index.parts)
    return replace(INDEX, blocks=any(column is not None and column.generated is not None for column in added))


def _of_expressions(index: Index, alter: Alteration) -> Price:
    """Each expression is a hidden virtual column, which comes together with no more than other indexes."""
    arrays = not alter.measured or any(" array" in part.expression.lower() for part in index.parts)
    alone = all(isinstance(action, act.AddIndex | act.DropIndex) for action in alter.actions)
    return replace(INDEX, blocks=True) if alone and not arrays else UNKNOWN


def _put_back(index: Index, alter: Alteration) -> bool:
    """Tell whether an index of the same columns is dropped at once: servers take that for another name."""
    names = [part.column.casefold() for part in index.parts]
    primary = index.kind is IndexKind.PRIMARY
    alike = (each for each in alter.before.indexes if (each.kind is IndexKind.PRIMARY) == primary)
    dropped = (each for each in alike if alter.drops_key(each.name))
    return any([part.column.casefold() for part in each.parts] == names for each in dropped)


def _longer_than_a_key(index: Index, table: Table) -> bool:
    """Tell whether a unique index is of whole texts without a length: MariaDB then adds a hidden column."""
    columns = [table.column(part.column) for part in index.parts if not part.prefix]
    return any(column is not None and column.type.endswith(("text", "blob")) for column in columns)


def _adding_full_text(index: Index, alter: Alteration) -> Price:
    """The first one of a table adds a hidden column, FTS_DOC_ID; two at once are not done in place."""
    added = [each for each in alter.actions if isinstance(each, act.AddIndex) and each.index.kind is IndexKind.FULLTEXT]
    if len(added) > 1 or alter.before.column("FTS_DOC_ID") is not None:
        return UNKNOWN
    first = not has_kind(alter.before, IndexKind.FULLTEXT)
    return replace(REBUILD if first else INDEX, blocks=True)


def _adding_primary_key(index: Index, alter: Alteration) -> Price:
    columns = [alter.before.column(part.column) for part in index.parts]
    if any(column is None or (column.nullable and not alter.server.strict) for column in columns):
        return REBUILD if all(alter.adds(part.column) for part in index.parts) else UNKNOWN
    return UNKNOWN if any(clusters(each, alter.before) for each in alter.before.indexes) else REBUILD


def _dropping_index(name: str, alter: Alteration) -> Price:
    if same(name, "PRIMARY"):
        others = [each for each in alter.actions if isinstance(each, act.AddIndex)]
        if any(each.index.kind is IndexKind.PRIMARY for each in others):
            return REBUILD  # or nothing at all, which the price of the new one tells
        takes_over = any(clusters(index, alter.after) for index in alter.after.indexes)
        return UNKNOWN if others or takes_over else COPY
    index = alter.before.index(name)
    if index is None:
        return UNKNOWN
    if clusters(index, alter.before):
        return UNKNOWN if alter.after.primary_key is not None else COPY
    return IN_PLACE


def _adding_foreign_key(columns: tuple[str, ...], alter: Alteration) -> Price:
    """With foreign_key_checks the rows are checked by copying them; a key that has no index gets one."""
    if (alter.server.variables.get("foreign_key_checks") or "ON").upper() not in ("OFF", "0"):
        return COPY
    indexes = [*alter.before.indexes, *(each.index for each in alter.actions if isinstance(each, act.AddIndex))]
    wanted = [name.casefold() for name in columns]
    covered = any([part.column.casefold() for part in each.parts][: len(wanted)] == wanted for each in indexes)
    if not covered:
        return INDEX
    return alter.instant_at_best if alter.mariadb and alter.at_least((0, 0, 0), (10, 4, 0)) else IN_PLACE


def _dropping_foreign_key(alter: Alteration) -> Price:
    if not alter.mariadb:
        return IN_PLACE
    return alter.instant_at_best if alter.measured else UNKNOWN


def _dropping_constraint(name: str, alter: Alteration) -> Price:
    if any(same(check.name, name) for check in alter.before.checks):
        return alter.instant_at_best
    if any(same(key.name, name) for key in alter.before.foreign_keys):
        return _dropping_foreign_key(alter)
    return _dropping_index(name, alter)


# -- the whole table -------------------------------------------------------------------------------------------


def _converting(action: act.ConvertCharset, alter: Alteration) -> Price:
    texts = [column for column in alter.before.columns if column.is_text]
    charsets = {(alter.before.charset_of(column) or "").replace("utf8mb3", "utf8") for column in texts}
    wanted = action.charset.replace("utf8mb3", "utf8")
    if wanted == "default" or alter.generated:
        return UNKNOWN
    if any(charset not in (wanted, "utf8", "utf8mb4", "latin1") for charset in charsets):
        return UNKNOWN
    kept = charsets <= {wanted, "utf8"} if wanted == "utf8mb4" else charsets <= {wanted}
    return UNKNOWN if kept else COPY


def _partitions(action: act.PartitionAction, alter: Alteration) -> Price:
    """Of RANGE and LIST: a new or dropped partition leaves the others alone. HASH and KEY move rows."""
    by = alter.before.partitioning.upper()
    by_value = "RANGE" in by or "LIST" in by
    match action.verb:
        case "by" | "remove":
            return COPY
        case "truncate" | "exchange":
            return alter.instant_at_best
        case "drop":
            return IN_PLACE
        case "add" if by_value:
            return IN_PLACE
        case "add" | "coalesce" | "reorganize" | "rebuild":
            return replace(REBUILD, blocks=True)
    return UNKNOWN
