"""Run the rules over each statement, on the schema as it will stand. Pure: the world was read before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inception.advance import advance
from inception.batch import Batch
from inception.batch.statement import Insert, Statement
from inception.catalog import Catalog
from inception.rule import BoundRule, Finding, Level, all_rules
from inception.scene import Intent, NewColumn, NewIndex, NewKeys, Scene
from inception.schema import actions, statements
from inception.schema.alter import AlterTable
from inception.schema.define import CreateTable
from inception.schema.model import Table, TableName
from inception.world import World


@dataclass(frozen=True)
class Audited:
    """A statement with what the audit says of it. `estimate` is the number of rows it will probably change."""

    statement: Statement
    findings: tuple[Finding, ...]
    estimate: int

    @property
    def errlevel(self) -> int:
        """The highest level of the findings: 0, 1 or 2."""
        return max((finding.level.errlevel for finding in self.findings), default=0)


def audit(batch: Batch, world: World, values: Mapping[str, Any], intent: Intent) -> Iterator[Audited]:
    """Yield every statement with its findings, in order, each seeing what the ones before it would have done."""
    rules = [rule.bind(values) for rule in all_rules()]
    by_class: dict[type, list[BoundRule]] = {}
    mixed = mixed_tables(batch.statements, world.catalog)
    catalog = world.catalog
    for statement in batch.statements:
        after = advance(catalog, statement, world.server.syntax)
        scene = Scene(statement, catalog, after, world, intent, mixed)
        findings = tuple(_look(scene, rules, by_class))
        yield Audited(statement, findings, _estimate(scene))
        catalog = after


def _look(scene: Scene, rules: Iterable[BoundRule], by_class: dict[type, list[BoundRule]]) -> Iterator[Finding]:
    for subject in subjects(scene):
        kind = type(subject)
        if kind not in by_class:
            by_class[kind] = [bound for bound in rules if issubclass(kind, bound.rule.subjects)]
        for bound in by_class[kind]:
            yield from bound.look(subject, scene)


def subjects(scene: Scene) -> Iterator[object]:
    """Yield everything that rules may look at in a statement, in the order in which findings are listed."""
    yield scene.statement
    form = scene.statement.form
    if form is None:
        return
    yield form
    match form:
        case CreateTable(like=None):
            yield from _new_table(form, _settled(scene) or form.table)
        case AlterTable():
            yield from _altered(form, scene)
        case statements.CreateIndex(index=index):
            yield NewIndex(index, _settled(scene) or Table(form.table))


def _settled(scene: Scene) -> Table | None:
    return scene.after.table(scene.statement.changes[0]) if scene.statement.changes else None


def _new_table(create: CreateTable, table: Table) -> Iterator[object]:
    for column in create.table.columns:
        yield NewColumn(column, table)
    for index in create.table.indexes:
        yield NewIndex(index, table)
    yield NewKeys(table)


def _altered(form: AlterTable, scene: Scene) -> Iterator[object]:
    table = _settled(scene) or Table(scene.statement.changes[0])
    for action in form.actions:
        yield action
        match action:
            case actions.AddColumn(column=column) | actions.ChangeColumn(column=column):
                yield NewColumn(column, table)
            case actions.AddIndex(index=index):
                yield NewIndex(index, table)
    if any(_drops_primary_key(action) for action in form.actions):
        yield NewKeys(table)


def _drops_primary_key(action: object) -> bool:
    return isinstance(action, actions.DropIndex) and action.name.upper() == "PRIMARY"


def _estimate(scene: Scene) -> int:
    form = scene.statement.form
    if isinstance(form, Insert) and not form.has_query:
        return len(form.row_sizes)
    return scene.world.estimates.get(scene.statement.number, 0) if _on_target(scene) else 0


def _on_target(scene: Scene) -> bool:
    """Tell whether every table that the statement changes exists on the target now: others are empty."""
    return all(scene.world.catalog.table(name) is not None for name in scene.statement.changes)


def mixed_tables(all_statements: Iterable[Statement], catalog: Catalog) -> Mapping[TableName, str]:
    """Return the tables that a batch changes both the definition and the rows of."""
    kinds: dict[TableName, set[str]] = {}
    for statement in all_statements:
        kind = "dml" if statement.kind.is_dml or statement.kind.value == "TRUNCATE" else "ddl"
        if statement.kind.is_ddl or kind == "dml":
            for name in statement.changes:
                kinds.setdefault(catalog.key(name), set()).add(kind)
    return {name: name.name for name, both in kinds.items() if len(both) > 1}


def has_blocking(findings: Iterable[Finding], *, warnings_pass: bool) -> bool:
    """Tell whether findings keep a batch from being executed."""
    limit = Level.ERROR if warnings_pass else Level.WARNING
    return any(finding.level >= limit for finding in findings)
