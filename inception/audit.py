"""Run the rules over each statement, on the schema as it will stand. Pure: the world was read before."""

import logging
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from inception.advance import advance
from inception.batch import Batch
from inception.batch.statement import Insert, Kind, Statement
from inception.catalog import Catalog
from inception.chunks import choose as chunks
from inception.chunks.choose import Chunking
from inception.facts.foreseen import foreseen_in
from inception.facts.online_ddl import Foreseen
from inception.osc.job import NATIVE, Way
from inception.rule import BoundRule, Finding, Level, all_rules
from inception.scene import Altered, Intent, Scene
from inception.schema.alter import AlterTable
from inception.schema.model import TableName
from inception.schema.statements import RenameTables
from inception.settings import Snapshot
from inception.subjects import subjects
from inception.ways import choose
from inception.world import Unknown, Verdict, World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Audited:
    """A statement with what the audit says of it. `estimate` is the number of rows it will probably change.

    `foreseen` tells how an ALTER TABLE of a table that the target has will run; None for other statements. `chunking`
    tells how a large row change will that runs in ranges of a key.
    """

    statement: Statement
    findings: tuple[Finding, ...]
    estimate: int
    foreseen: Foreseen | None = None
    way: Way = NATIVE
    chunking: Chunking | None = None

    @property
    def errlevel(self) -> int:
        """The highest level of the findings: 0, 1 or 2."""
        return max(finding.level.errlevel for finding in self.findings) if self.findings else 0


def audit(batch: Batch, world: World, values: Snapshot, intent: Intent) -> Iterator[Audited]:
    """Yield every statement with its findings, in order, each seeing what the ones before it would have done."""
    bound = (rule.bind(values, values.levels) for rule in all_rules())
    looker = _Looker(rule for rule in bound if rule.level is not Level.NONE)
    mixed = mixed_tables(batch.statements, world.catalog)
    catalog = world.catalog
    altered: dict[TableName, tuple[Altered, ...]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for statement in batch.statements:
        chunking = chunks.choose(statement, catalog, world, batch.options, intent.rows_of(statement))
        known = looker.known(statement, catalog, world) if chunking is None else None
        if known is not None:
            yield Audited(statement, known, _estimate(statement, world))
            continue
        after = advance(catalog, statement, world.server.syntax)
        earlier = altered.get(catalog.key(statement.changes[0]), ()) if altered and statement.changes else ()
        scene = Scene(statement, catalog, after, world, intent, mixed, earlier, chunking=chunking)
        if statement.kind is Kind.ALTER_TABLE:
            times[statement.database, statement.text] += 1
            way = choose(scene, values, batch.options, times[statement.database, statement.text])
            scene = replace(scene, way=way)
        found = looker.look(scene)
        yield Audited(statement, found, _estimate(statement, world), foreseen_in(scene), scene.way, chunking)
        _remember(altered, scene)
        catalog = after


def _remember(altered: dict[TableName, tuple[Altered, ...]], scene: Scene) -> None:
    """Keep an ALTER TABLE for the ones that follow on its table, renamed or not; one made or dropped begins anew."""
    if not scene.statement.kind.is_ddl:
        return
    form, table = scene.statement.form, scene.old
    names = [scene.before.key(name) for name in scene.statement.changes]
    if isinstance(form, AlterTable) and table is not None:
        altered.pop(names[0], None)
        altered[names[-1]] = (*scene.earlier, Altered(form.actions, table))
    elif isinstance(form, RenameTables):
        for old, new in zip(names[::2], names[1::2], strict=True):
            altered[new] = altered.pop(old, ())
    elif altered and scene.statement.kind is not Kind.CREATE_INDEX and scene.statement.kind is not Kind.DROP_INDEX:
        for name in names:
            altered.pop(name, None)


class _Looker:
    """Runs the rules. What they find in a row change holds for every one that is alike."""

    def __init__(self, rules: Iterable[BoundRule]) -> None:
        self._rules = tuple(rules)
        self._by_class: dict[type, list[BoundRule]] = {}
        self._failed: set[str] = set()
        self._shared: dict[int, tuple[object, Catalog, tuple[Finding, ...]]] = {}  # by id of the form
        self._alike: dict[_Alike, tuple[Statement, Catalog, tuple[Finding, ...]]] = {}
        self._all_alike = all(bound.rule.alike for bound in self._rules if issubclass(Statement, bound.rule.subjects))

    def known(self, statement: Statement, before: Catalog, world: World) -> tuple[Finding, ...] | None:
        """Return what was found in a statement that is alike, None where there was none or rules must look at each."""
        if not self._all_alike or statement.form is None or not statement.kind.is_dml:
            return None
        known = self._alike.get(_alike(statement, world))
        return known[2] if known is not None and known[1] is before else None

    def look(self, scene: Scene) -> tuple[Finding, ...]:
        """Return what is found in a statement, in the order of its subjects."""
        form = scene.statement.form
        if not scene.statement.kind.is_dml or form is None:
            return tuple(self._find(subjects(scene), scene))
        own = tuple(self._find((scene.statement,), scene))
        known = self._shared.get(id(form))
        if known is None or known[1] is not scene.before:
            others = (subject for subject in subjects(scene) if subject is not scene.statement)
            known = self._shared[id(form)] = (form, scene.before, tuple(self._find(others, scene)))
        found = own + known[2]
        if not scene.first and scene.chunking is None:  # which may have findings on the batch as a whole
            self._alike[_alike(scene.statement, scene.world)] = (scene.statement, scene.before, found)
        return found

    def _find(self, looked_at: Iterable[object], scene: Scene) -> Iterator[Finding]:
        failed: set[str] = set()
        for subject in looked_at:
            kind = type(subject)
            if kind not in self._by_class:
                self._by_class[kind] = [bound for bound in self._rules if issubclass(kind, bound.rule.subjects)]
            for bound in self._by_class[kind]:
                try:
                    yield from bound.look(subject, scene)
                except (Exception, SystemExit) as error:
                    if bound.rule.name not in failed:
                        failed.add(bound.rule.name)
                        yield self._failure(bound.rule.name, error)

    def _failure(self, rule: str, error: BaseException) -> Finding:
        """A rule that fails is a defect of its own: it hides nothing that others find, and the log has it once."""
        if rule not in self._failed:
            self._failed.add(rule)
            log.error("rule %s failed", rule, exc_info=error)
        said = traceback.format_exception_only(error)[-1].strip()[:200]
        return Finding(rule, Level.WARNING, f"Rule '{rule}' failed, and has not looked at all of this: {said}")


_Alike = tuple[int, Verdict | None, int, Unknown | None]


def _alike(statement: Statement, world: World) -> _Alike:
    """Return what must be equal for the findings to be: the form, the target's verdict and its estimate."""
    number = statement.number
    unknown = world.unestimated.get(number)
    return id(statement.form), world.verdicts.get(number), world.estimates.get(number, 0), unknown


def _estimate(statement: Statement, world: World) -> int:
    """Return the rows that a statement will probably change: none of a table that is made in the batch."""
    form = statement.form
    if isinstance(form, Insert) and not form.has_query:
        return len(form.row_sizes)
    rows = world.estimates.get(statement.number, 0)
    return rows if rows and all(world.catalog.table(name) is not None for name in statement.changes) else 0


def mixed_tables(all_statements: Iterable[Statement], catalog: Catalog) -> Mapping[TableName, str]:
    """Return the tables that a batch changes both the definition and the rows of, temporary ones left out."""
    kinds: dict[TableName, set[str]] = {}
    for statement in all_statements:
        kind = "dml" if statement.kind.is_dml or statement.kind.value == "TRUNCATE" else "ddl"
        if statement.kind.is_ddl or kind == "dml":
            for name in statement.lasting_changes:
                kinds.setdefault(catalog.key(name), set()).add(kind)
    return {name: name.name for name, both in kinds.items() if len(both) > 1}


def has_blocking(findings: Iterable[Finding], *, warnings_pass: bool) -> bool:
    """Tell whether findings keep a batch from being executed."""
    limit = Level.ERROR if warnings_pass else Level.WARNING
    return any(finding.level >= limit for finding in findings)
