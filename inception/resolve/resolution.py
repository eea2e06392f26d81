"""What names in a tree were found to stand for."""

from dataclasses import dataclass, field

from inception.resolve.scope import Columns, Output
from inception.schema.model import TableName


@dataclass
class Resolution:
    """What was found, by id of the node in the tree, which must be kept meanwhile.

    `columns`: what a column stands for. `outputs`: the columns of a query; `stars`: those of a `*` or `t.*` in it, and
    those that an INSERT without a list fills. `tables`: the real name of a table, None for a CTE. `pairs`: the columns
    that a join merges by USING or NATURAL. `missing`: tables that do not exist.
    """

    columns: dict[int, Output] = field(default_factory=dict)
    outputs: dict[int, Columns] = field(default_factory=dict)
    stars: dict[int, Columns] = field(default_factory=dict)
    tables: dict[int, TableName | None] = field(default_factory=dict)
    pairs: dict[int, tuple[tuple[Output, Output], ...]] = field(default_factory=dict)
    missing: dict[TableName, None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
