"""PARTITION BY, and what ALTER TABLE does to partitions: read as far as their form, kept as text.

Manual: "CREATE TABLE Statement" (partition_options), "ALTER TABLE Partition Operations"; MariaDB:
"Partitioning Tables".
"""

from collections.abc import Callable

from inception.schema.actions import PartitionAction
from inception.schema.options import read_option
from inception.schema.reader import Reader


def read_partitioning(reader: Reader) -> str:
    """Read PARTITION BY … and return it as written; '' if none comes. The definitions stay text."""
    first = reader.at
    if not reader.accept_all("PARTITION", "BY"):
        return ""
    _method(reader, ("HASH", "KEY", "RANGE", "LIST", "SYSTEM_TIME"))
    if reader.accept("PARTITIONS"):
        reader.integer("a number of partitions")
    if reader.accept_all("SUBPARTITION", "BY"):
        _method(reader, ("HASH", "KEY"))
        if reader.accept("SUBPARTITIONS"):
            reader.integer("a number of subpartitions")
    if reader.word == "(":
        _definitions(reader)
    return reader.source(first)


def _method(reader: Reader, methods: tuple[str, ...]) -> None:
    if reader.accept("LINEAR"):
        methods = ("HASH", "KEY")
    method = reader.expect_any(*methods)
    if method == "SYSTEM_TIME":
        _system_time(reader)
        return
    if method == "KEY" and reader.accept("ALGORITHM"):
        reader.accept("=")
        reader.integer("1 or 2")
    if method in ("RANGE", "LIST") and reader.accept("COLUMNS"):
        reader.names("a column")
    elif method == "KEY":
        _ = reader.accept_all("(", ")") or reader.names("a column")
    else:
        reader.group("an expression")


def _system_time(reader: Reader) -> None:
    """Step over MariaDB's INTERVAL … [STARTS …] [AUTO] or LIMIT n."""
    while not reader.ended and reader.word not in ("PARTITIONS", "SUBPARTITION", "("):
        reader.at += 1


def at_partition_action(reader: Reader) -> bool:
    """Tell whether an action on partitions comes next."""
    if reader.words[reader.at : reader.at + 2] == ["CONVERT", "TABLE"]:
        return True
    return reader.word in _ACTIONS and reader.peek() == "PARTITION"


def read_partition_action(reader: Reader) -> PartitionAction:
    """Read an action on partitions; it is always the last of its statement. Raises UnreadableSql."""
    first = reader.at
    verb = reader.word
    reader.at += 2
    names = _ACTIONS[verb](reader)
    reader.expect_end()
    return PartitionAction(verb.lower(), reader.source(first), names)


_Names = tuple[str, ...]


def _names(reader: Reader) -> _Names:
    if reader.accept("ALL"):
        return ("ALL",)
    names = [reader.name("a partition")]
    while reader.accept(","):
        names.append(reader.name("a partition"))
    return tuple(names)


def _local(reader: Reader) -> None:
    reader.accept_any("NO_WRITE_TO_BINLOG", "LOCAL")


def _drop(reader: Reader) -> _Names:
    reader.if_exists()
    return _names(reader)


def _maintain(reader: Reader) -> _Names:
    """Read the names after ANALYZE, CHECK, OPTIMIZE, REBUILD, REPAIR PARTITION, and the options of some."""
    _local(reader)
    names = _names(reader)
    while reader.accept_any("QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM"):
        pass
    if reader.accept("FOR"):
        reader.expect("UPGRADE")
    return names


def _add(reader: Reader) -> _Names:
    reader.if_not_exists()
    _local(reader)
    if reader.accept("PARTITIONS"):
        reader.integer("a number of partitions")
    else:
        _definitions(reader)
    return ()


def _definitions(reader: Reader) -> None:
    reader.expect("(")
    while True:
        if not reader.accept("PARTITION") and not reader.syntax.mariadb:  # which can do without the word
            reader.fail("expected PARTITION")
        reader.name("a partition")
        _values(reader)
        _options(reader)
        if reader.accept("("):
            _subpartitions(reader)
        if not reader.accept(","):
            break
    reader.expect(")")


def _values(reader: Reader) -> None:
    """Step over VALUES LESS THAN …, VALUES IN …, and what MariaDB's system-time partitions have in their stead."""
    if reader.accept_any("HISTORY", "CURRENT", "DEFAULT"):
        return
    if reader.accept_all("VALUES", "LESS", "THAN"):
        _ = reader.accept("MAXVALUE") or reader.group("values")
    elif reader.accept("VALUES"):
        reader.expect("IN")
        reader.group("values")


def _subpartitions(reader: Reader) -> None:
    while True:
        reader.expect("SUBPARTITION")
        reader.name_or_text("a subpartition")
        _options(reader)
        if not reader.accept(","):
            break
    reader.expect(")")


def _options(reader: Reader) -> None:
    while True:
        if reader.word == "STORAGE" and reader.peek() == "ENGINE":
            reader.at += 1
        if reader.accept("NODEGROUP"):
            reader.accept("=")
            reader.integer("a node group")
        elif read_option(reader) is None:
            return


def _coalesce(reader: Reader) -> _Names:
    _local(reader)
    reader.integer("a number of partitions")
    return ()


def _reorganize(reader: Reader) -> _Names:
    _local(reader)
    if reader.ended:
        return ()
    names = _names(reader)
    reader.expect("INTO")
    _definitions(reader)
    return names


def _exchange(reader: Reader) -> _Names:
    name = reader.name("a partition")
    reader.expect("WITH", "TABLE")
    reader.table_name()
    if reader.accept_any("WITH", "WITHOUT"):
        reader.expect("VALIDATION")
    return (name,)


def _tablespace(reader: Reader) -> _Names:
    names = _names(reader)
    reader.expect("TABLESPACE")
    return names


def _convert(reader: Reader) -> _Names:
    """Read MariaDB's CONVERT PARTITION p TO TABLE t, or CONVERT TABLE t TO PARTITION p VALUES …"""
    if reader.peek(-1) == "PARTITION":
        name = reader.name("a partition")
        reader.expect("TO", "TABLE")
        reader.table_name()
    else:
        reader.table_name()
        reader.expect("TO", "PARTITION")
        name = reader.name("a partition")
        _values(reader)
    if reader.accept_any("WITH", "WITHOUT"):
        reader.expect("VALIDATION")
    return (name,)


_ACTIONS: dict[str, Callable[[Reader], _Names]] = {
    "ADD": _add,
    "DROP": _drop,
    "COALESCE": _coalesce,
    "CONVERT": _convert,
    "EXCHANGE": _exchange,
    "REORGANIZE": _reorganize,
    **dict.fromkeys(("ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "TRUNCATE"), _maintain),
    **dict.fromkeys(("DISCARD", "IMPORT"), _tablespace),
}
