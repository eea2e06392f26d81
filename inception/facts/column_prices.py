"""What it costs to add, drop or change one column of an InnoDB table. Pure.

Measured on MySQL 9.7 and MariaDB 10.5 to 11.8 (tests/facts/alterations.py), other versions by their manuals: "Online
DDL Operations"; MariaDB: "InnoDB Online DDL Overview". What was neither measured nor written is UNKNOWN.
"""

import re
from dataclasses import replace

from inception.facts.alteration import (
    COLUMNS,
    COPY,
    FREE,
    IN_PLACE,
    REBUILD,
    UNKNOWN,
    VIRTUAL,
    Alteration,
    Cost,
    Price,
    clusters,
    has_kind,
)
from inception.facts.types import INTEGERS, SPATIAL, TEXTS, content_bytes
from inception.schema import actions as act
from inception.schema.model import Column, Default, IndexKind, Table, same

_NOW = re.compile(r"\(?\s*(current_timestamp|now|localtime|localtimestamp)\b", re.IGNORECASE)
_NEVER_CONSTANT = re.compile(r"\b(uuid|rand|uuid_short|sys_guid)\s*\(", re.IGNORECASE)
_MOST_COLUMNS = 1022  # of a table that MySQL still alters by INSTANT


# -- added and dropped -----------------------------------------------------------------------------------------


def adding(action: act.AddColumn, alter: Alteration) -> Price:
    """Return the price of ADD COLUMN."""
    column = action.column
    if column.generated is not None:
        return _adding_generated(action, alter)
    if column.check and not alter.mariadb:
        return COPY
    if column.auto_increment:
        return replace(REBUILD, blocks=True)
    if column.extra or (column.type in SPATIAL and not column.nullable):
        return UNKNOWN
    if column.default is not None and column.default.expression and not _NOW.match(column.default.text):
        return _with_expression(column.default, alter, action)
    return _instant_column(alter, at_end=_stays_last(action, alter))


def _with_expression(default: Default, alter: Alteration, action: act.AddColumn) -> Price:
    """An expression is worked out for each row; MariaDB takes a constant one like a literal."""
    if not alter.mariadb:
        return COPY
    if _NEVER_CONSTANT.search(default.text):
        return COPY
    constant = not re.search(r"[a-z_`]", default.text, re.IGNORECASE)
    return _instant_column(alter, at_end=_stays_last(action, alter)) if constant else UNKNOWN


def _adding_generated(action: act.AddColumn, alter: Alteration) -> Price:
    generated = action.column.generated
    if generated is None or generated.stored:
        return COPY
    if alter.before.partitioning or (action.position is not None and alter.generated):
        return UNKNOWN
    return VIRTUAL if alter.knows_instant else Price(Cost.IN_PLACE)


def _stays_last(action: act.AddColumn, alter: Alteration) -> bool:
    place = action.position
    return place is None or (isinstance(place, act.After) and same(place.column, alter.before.columns[-1].name))


def dropping(name: str, alter: Alteration) -> Price:
    """Return the price of DROP COLUMN; an index of the column goes, or shrinks, with it."""
    column = alter.before.column(name)
    if column is None:
        return UNKNOWN
    indexes = alter.indexes_of(name)
    if column.generated is not None and not column.generated.stored:
        if indexes or not alter.knows_instant:
            return IN_PLACE if len(alter.actions) == 1 and all(len(each.parts) == 1 for each in indexes) else UNKNOWN
        return VIRTUAL
    if any(index.kind is IndexKind.PRIMARY or clusters(index, alter.before) for index in indexes):
        return COPY if len(alter.actions) == 1 else UNKNOWN
    price = _instant_column(alter, at_end=False)
    if price.cost is not Cost.COLUMNS or not indexes:
        return price
    if not alter.mariadb:
        return REBUILD
    whole = all(len(index.parts) == 1 or alter.drops_key(index.name) for index in indexes)
    return replace(IN_PLACE, columns=True) if whole and not alter.generated else UNKNOWN


def _instant_column(alter: Alteration, *, at_end: bool) -> Price:
    """Return the price of one more, or one less, stored column."""
    if alter.mariadb and alter.virtual and (not at_end or alter.virtual_in_index):
        return UNKNOWN
    anywhere = alter.at_least((8, 0, 29), (10, 4, 0))
    possible = anywhere or (at_end and alter.at_least((8, 0, 12), (10, 3, 7)))
    if not possible or not _may_be_instant(alter, at_end=at_end):
        return REBUILD
    return COLUMNS


def _may_be_instant(alter: Alteration, *, at_end: bool) -> bool:
    """Tell whether the table, as it is stored, takes instant changes of its columns."""
    if has_kind(alter.before, IndexKind.FULLTEXT) or alter.row_format == "compressed":
        return False
    if alter.mariadb:
        allowed = alter.server.variables.get("innodb_instant_alter_column_allowed") or "add_drop_reorder"
        return allowed == "add_drop_reorder" or (allowed == "add_last" and at_end)
    spent = (alter.stored.row_versions or 0) >= alter.most_row_versions
    return not spent and len(alter.before.columns) <= _MOST_COLUMNS


# -- changed ---------------------------------------------------------------------------------------------------


def changing(old: Column, new: Column, alter: Alteration) -> Price:
    """Return the price of turning one column into another; both as the server keeps them."""
    if old.generated is not None or new.generated is not None:
        return _changing_generated(old, new, alter)
    if (old.extra, old.check, old.zerofill) != (new.extra, new.check, new.zerofill):
        return UNKNOWN
    prices = [_of_type(old, new, alter)]
    if old.nullable != new.nullable and not _in_primary_key(old, alter):
        prices.append(_nullability(old, alter))
    if old.auto_increment != new.auto_increment:
        prices.append(UNKNOWN if new.auto_increment else FREE if alter.mariadb else COPY)
    if _moved(old, alter):
        prices.append(_moving(alter))
    if old.name != new.name:
        prices.append(renaming(old.name, alter))
    if (old.default, old.comment, old.invisible, old.on_update) != (
        new.default, new.comment, new.invisible, new.on_update,
    ):  # fmt: skip
        prices.append(alter.instant_at_best)
    dearest = max(prices, key=lambda price: price.cost)
    return replace(
        dearest,
        columns=any(price.cost is Cost.COLUMNS for price in prices),
        recodes=any(price.recodes for price in prices),
    )


def renaming(name: str, alter: Alteration) -> Price:
    """Return the price of another name for a column.

    MySQL does not take INSTANT where a foreign key of another table refers to the column, which has an index then.
    """
    if not alter.at_least((8, 0, 28), (10, 4, 0)):
        return IN_PLACE
    may_be_parent = not alter.mariadb and alter.stored.referenced is not False and alter.indexes_of(name)
    return IN_PLACE if may_be_parent else FREE


def _changing_generated(old: Column, new: Column, alter: Alteration) -> Price:
    only_words = replace(new, name=old.name, comment=old.comment, invisible=old.invisible) == old
    return alter.instant_at_best if only_words and not alter.mariadb and not _moved(old, alter) else UNKNOWN


def _in_primary_key(column: Column, alter: Alteration) -> bool:
    return any(index.kind is IndexKind.PRIMARY for index in alter.indexes_of(column.name))


def _nullability(old: Column, alter: Alteration) -> Price:
    if not alter.mariadb:
        return REBUILD if not old.nullable or alter.server.strict else COPY
    if alter.generated:
        return UNKNOWN
    if not old.nullable and alter.row_format == "redundant" and alter.at_least((0, 0, 0), (10, 4, 0)):
        return COLUMNS
    return REBUILD


def _moved(old: Column, alter: Alteration) -> bool:
    """Tell whether the column is asked to stand elsewhere and the columns that stay come in another order by it."""
    asked = any(
        isinstance(action, act.ChangeColumn) and same(action.old, old.name) and action.position is not None
        for action in alter.actions
    )
    if not asked:
        return False
    old_names = {new_name.casefold(): old_name.casefold() for new_name, old_name in alter.renames.items()}
    then = [old_names.get(name, name) for name in (column.name.casefold() for column in alter.after.columns)]
    before = [column.name.casefold() for column in alter.before.columns]
    return [name for name in before if name in then] != [name for name in then if name in before]


def _moving(alter: Alteration) -> Price:
    if not alter.mariadb:
        others = any(isinstance(action, act.AddColumn | act.DropColumn) for action in alter.actions)
        return UNKNOWN if others else REBUILD
    return _instant_column(alter, at_end=False)


def _of_type(old: Column, new: Column, alter: Alteration) -> Price:
    """Return the price of another type; what is computed from the column may make it dearer than it is alone."""
    price = _type(old, new, alter)
    computed = (column.generated.expression.casefold() for column in alter.before.columns if column.generated)
    used = any(old.name.casefold() in expression for expression in computed)
    return UNKNOWN if used and price.cost not in (Cost.FREE, Cost.COPY) else price


def _type(old: Column, new: Column, alter: Alteration) -> Price:
    """Return the price of another type, length or character set."""
    charsets = _charset(alter.before.charset_of(old)), _charset(alter.after.charset_of(new))
    text = _same_text(old, new, charsets, alter) if old.is_text else True
    if _alike(old, new) and text:
        return FREE
    if text is None or (old.type, new.type) in _SAME_BYTES:
        return UNKNOWN
    if not text and not alter.measured:
        return UNKNOWN
    if old.type != new.type:
        return COPY
    if old.type in ("enum", "set"):
        return _labels(old, new, alter) if text else UNKNOWN
    if charsets[0] != charsets[1] and charsets != ("utf8mb3", "utf8mb4"):  # another character set is other bytes
        return COPY if charsets[0] == "latin1" or charsets[0].startswith("utf8") else UNKNOWN
    if not text and alter.indexes_of(old.name):
        return UNKNOWN if alter.mariadb and alter.at_least((0, 0, 0), (10, 6, 0)) else COPY
    return replace(_longer(old, new, charsets, alter), recodes=charsets[0] != charsets[1])


_SAME_BYTES = {("varchar", "varbinary"), ("varbinary", "varchar"), ("char", "binary"), ("binary", "char"),
               ("text", "blob"), ("blob", "text")}  # fmt: skip


def _alike(old: Column, new: Column) -> bool:
    """Tell whether type and length are the same; the length of an integer is how wide it is shown."""
    if old.type in INTEGERS and old.type == new.type:
        return old.unsigned == new.unsigned
    shape = ("type", "length", "decimals", "unsigned", "values")
    return all(getattr(old, name) == getattr(new, name) for name in shape)


def _charset(name: str | None) -> str:
    return "utf8mb3" if name == "utf8" else name or ""


_DEFAULT_COLLATIONS = {"utf8mb3": {"utf8mb3_general_ci", "utf8_general_ci"}, "latin1": {"latin1_swedish_ci"}}


def _same_text(old: Column, new: Column, charsets: tuple[str, str], alter: Alteration) -> bool | None:
    """Tell whether character set and collation stay; None where a default collation decides that we do not know."""
    if charsets[0] != charsets[1]:
        return False
    before, after = _collation(old, alter.before), _collation(new, alter.after)
    if before == after:
        return True
    if before and after:
        return False
    return True if (before or after) in _DEFAULT_COLLATIONS.get(charsets[0], ()) else None


def _collation(column: Column, table: Table) -> str:
    """Return the collation that a text column is given, by itself or its table; '' for its character set's default."""
    if column.collation or column.charset:
        return column.collation or ""
    return table.option("collation") or ""


def _in_place(alter: Alteration) -> Price:
    return alter.instant_at_best if alter.mariadb else IN_PLACE


def _longer(old: Column, new: Column, charsets: tuple[str, str], alter: Alteration) -> Price:
    """VARCHAR may grow while its length is kept in as many bytes: one up to 255.

    InnoDB itself takes a second one for columns over 127 bytes, which MariaDB knows to use.
    """
    grown = (new.length or 0) - (old.length or 0)
    if old.type == "char" or old.type in TEXTS:
        bytes_stay = old.type == "char" or charsets[0] == charsets[1]
        return COPY if grown else _in_place(alter) if bytes_stay else UNKNOWN
    if old.type not in ("varchar", "varbinary"):
        return UNKNOWN if old.type in ("bit", "binary") else COPY
    if grown < 0:
        return COPY
    before, after = (content_bytes(each, charset) or 0 for each, charset in zip((old, new), charsets, strict=True))
    if (before <= 255) == (after <= 255):
        return _in_place(alter)
    stored_alike = before <= 127 or alter.row_format == "redundant"
    return _in_place(alter) if alter.mariadb and alter.at_least((0, 0, 0), (10, 4, 0)) and stored_alike else COPY


def _labels(old: Column, new: Column, alter: Alteration) -> Price:
    """Labels may be added at the end as long as a value takes as many bytes."""
    appended = new.values[: len(old.values)] == old.values
    return alter.instant_at_best if appended and content_bytes(old, None) == content_bytes(new, None) else COPY
