"""What an ALTER TABLE does to table options, and a changed character set to the columns; see apply.py."""

from collections.abc import Sequence
from dataclasses import replace

from inception.schema.actions import Action, ConvertCharset, SetOption, SystemVersioning
from inception.schema.converted import converted
from inception.schema.model import Column, Table, collation_charset

_MEANS_NONE = {("comment", ""), ("key_block_size", "0"), ("row_format", "DEFAULT"), ("max_rows", "0"),
               ("min_rows", "0"), ("avg_row_length", "0"), ("stats_persistent", "DEFAULT"), ("pack_keys", "DEFAULT"),
               ("stats_auto_recalc", "DEFAULT"), ("stats_sample_pages", "DEFAULT"), ("checksum", "0"),
               ("delay_key_write", "0"), ("system_versioning", "off")}  # fmt: skip


def apply_options(table: Table, actions: Sequence[Action]) -> Table:
    """Return the table with its options after the ALTER; columns keep the character set that they had."""
    options = dict(table.options)
    converts = False
    for action in actions:
        if isinstance(action, ConvertCharset):
            converts = True
            _set_charset(options, action.charset, action.collation)
        elif isinstance(action, SystemVersioning):
            options["system_versioning"] = "" if action.on else "off"
        elif isinstance(action, SetOption) and action.name == "charset":
            _set_charset(options, action.value, "")
        elif isinstance(action, SetOption) and action.name == "collation":
            _set_charset(options, collation_charset(action.value) or options.get("charset", ""), action.value)
        elif isinstance(action, SetOption):
            options[action.name] = action.value
    left = tuple(item for item in options.items() if item not in _MEANS_NONE)
    changed = replace(table, options=left)
    adapt = converted if converts else _pinned
    return replace(changed, columns=tuple(adapt(column, table, changed) for column in table.columns))


def _set_charset(options: dict[str, str], charset: str, collation: str) -> None:
    if charset:
        options["charset"] = charset
    options.pop("collation", None)
    if collation:
        options["collation"] = collation


def _pinned(column: Column, before: Table, after: Table) -> Column:
    """A column that had the table's character set keeps it when the table's changes."""
    if not column.is_text or column.charset or column.collation:
        return column
    old = before.option("charset"), before.option("collation")
    if old == (after.option("charset"), after.option("collation")):
        return column
    return replace(column, charset=old[0], collation=old[1])
