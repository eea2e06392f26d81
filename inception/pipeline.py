"""The program on one page: read the batch, introspect, audit, plan, execute, back up. Runs in a worker process."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

from inception.answer import ResultSet, Value
from inception.asides import answers, between
from inception.audit import Audited, audit, has_blocking
from inception.backup import connect_backup
from inception.batch import Batch, read_batch
from inception.batch.aside import Setting
from inception.batch.options import Mode
from inception.batch.split import Envelope, collect, read_envelope, split
from inception.errors import CannotBackUp
from inception.executed_rows import executed_rows
from inception.executing import (
    Submission,
    Work,
    assigns_gtids,
    equipped,
    execute,
    pointed_at,
    take_up,
    tell_refusal,
)
from inception.gtids import check_target
from inception.introspect import Observer
from inception.introspect.rows import stored_functions
from inception.introspect.views import read_views
from inception.lexer import Syntax
from inception.parts import FIELDS as PART_FIELDS
from inception.parts import Part, divide
from inception.plan import backup_dbname, why_not_backed_up
from inception.progress import Control, State
from inception.report import Report, checked, result_set
from inception.rule import rule_variables
from inception.scene import Intent
from inception.settings import NOTHING_SET, SessionValues, Settings, Snapshot
from inception.tree import trees
from inception.tree.masking import masked
from inception.tree.printed import FIELDS as TREE_FIELDS
from inception.tree.printed import Printed
from inception.world import Server

_COUNT_TIME = 60  # seconds that each count of --real-row-count may take
_PROGRESS_STEP = 64  # statements audited between two reports
_TOLD = {Mode.SPLIT: PART_FIELDS, Mode.QUERY_PRINT: TREE_FIELDS, Mode.MASKING: TREE_FIELDS}  # without an audit


@dataclass(frozen=True)
class Request(Submission):
    """A submission, run as the mode of its options says."""

    @property
    def kind(self) -> str:
        """What is asked for, in one word."""
        return self.options.mode.value

    @property
    def executes(self) -> bool:
        """Tell whether the target may be changed."""
        return self.options.mode is Mode.EXECUTE and not self.refusal

    def texts(self) -> Iterator[str]:
        """Yield what was submitted, packet by packet. Raises ServerError where one is no text."""
        return (packet.text() for packet in self.packets)

    def run(self, control: Control) -> Sequence[Report | Part | Printed]:
        """Run the submission; see `run`."""
        return run(self, control)

    def answer(self, rows: Sequence[tuple[Value, ...]]) -> ResultSet:
        """Return the rows as the client gets them."""
        told = _TOLD.get(self.options.mode)
        return result_set(rows) if told is None else ResultSet(told, rows)


def run(request: Request, control: Control) -> Sequence[Report | Part | Printed]:
    """Run one submission and return its rows. Raises InceptionError where it cannot be run at all."""
    control.report(State.INIT)
    cut = _envelope(request, Syntax())
    if request.options.mode in _TOLD:
        return _tell(request, cut, control)
    options = request.options
    executing = options.mode is Mode.EXECUTE and not request.refusal
    with ExitStack() as stack:
        backup = stack.enter_context(connect_backup(request.backup)) if executing and options.backup else None
        observer = stack.enter_context(closing(Observer(request.target)))
        work = Work(request, control, observer, backup)
        if backup is not None and (reason := why_not_backed_up(observer.server)):
            raise CannotBackUp(reason)
        if executing and assigns_gtids(request):
            check_target(observer)
        batch = _read(request, cut, observer.server)
        work.request = replace(request, values=_with_settings(request.values, batch.settings))
        if executing and options.resume:
            take_up(work, stack, batch)
        _audit(work, batch)
        with control.asking(observer.sessions):
            asked = answers(observer, batch.asides)
        blocking = _blocking(work)
        if executing and not blocking:
            execute(work, stack, batch)
        elif options.mode is Mode.EXECUTE:
            tell_refusal(work, blocking)
    rows = executed_rows(_checked_rows(work), work.rans, work.recorded, work.stopped)
    return between(rows, asked) if asked else rows


def _with_settings(values: Snapshot, settings: Iterable[Setting]) -> Snapshot:
    """Return the values under what the batch sets for itself. Raises BadVariable."""
    layer: SessionValues = NOTHING_SET
    for each in settings:
        layer = Settings(rule_variables()).with_session(layer, each.name, each.value)
    return values.under(layer)


def _tell(request: Request, cut: Envelope, control: Control) -> Sequence[Part | Printed]:
    """Say something of the statements without auditing them."""
    with closing(Observer(request.target)) as observer, control.asking(observer.sessions):
        statements, server = _read(request, cut, observer.server).statements, observer.server
        if request.options.mode is Mode.SPLIT:
            return divide(statements, server.folded)
        catalog, verdicts = observer.catalog(statements), observer.verdicts(statements)
        if request.options.mode is Mode.MASKING:
            catalog, views = read_views(observer.connection, observer.table, catalog, server.syntax)
            told = masked(statements, catalog, server.syntax, views, stored_functions(observer.connection))
        else:
            told = trees(statements, catalog, server.syntax)
        return [each.refused(verdicts[each.number]) if each.number in verdicts else each for each in told]


def _envelope(request: Request, syntax: Syntax) -> Envelope:
    quoting = {"ansi_quotes": syntax.ansi_quotes, "backslash_escapes": syntax.backslash_escapes}
    if request.scripts:
        return Envelope(request.options, tuple(piece for text in request.scripts for piece in split(text, **quoting)))
    opening, *others = request.packets
    if request.collected:
        return collect(opening.text(), (packet.text() for packet in others), **quoting)
    return read_envelope(opening.text(), **quoting)


def _read(request: Request, cut: Envelope, server: Server) -> Batch:
    """Read the statements, and let go their packets; they are cut anew where the target's quotes are not the usual."""
    usual, syntax = Syntax(), server.syntax
    if (syntax.ansi_quotes, syntax.backslash_escapes) != (usual.ansi_quotes, usual.backslash_escapes):
        cut = _envelope(request, syntax)
    for packet in request.packets:
        packet.forget()
    return read_batch(request.options, cut.statements, syntax, folded=server.folded)


def _audit(work: Work, batch: Batch) -> None:
    """Audit what has not run yet: the target stands as what has run left it."""
    work.control.report(State.CHECKING, total=len(batch.statements))
    options = work.request.options
    already = len(work.rans)
    work.audited += [Audited(statement, (), 0) for statement in batch.statements[:already]]
    batch = replace(batch, statements=batch.statements[already:])
    recorded = options.mode is Mode.EXECUTE and options.backup
    values = work.request.values
    with work.control.asking(work.observer.sessions):
        world = work.observer.observe(
            batch.statements,
            references=recorded,
            probe_time=int(values["inception_probe_time"]),
            scratch=str(values["inception_scratch_database"]),
            count_within=_COUNT_TIME if options.real_row_count else 0,
            explain_rate=int(values["inception_explain_rate"]),
        )
        world = equipped(world, batch.statements, work.observer, values)
        world = pointed_at(world, batch.statements, work.observer, options)
    work.tool = world.tool
    halfway = (work.halfway.number, work.halfway.chunk_rows) if work.halfway is not None else (0, 0)
    intent = Intent(options.mode is Mode.EXECUTE, options.backup, work.request.refusal, halfway)
    for count, audited in enumerate(audit(batch, world, values, intent), already):
        work.control.check()
        if count % _PROGRESS_STEP == 0:
            statement = audited.statement
            work.control.report(State.CHECKING, done=count, current=statement.text, number=statement.number)
        work.audited.append(audited)
    work.control.note(findings=Counter(finding.rule for each in work.audited for finding in each.findings))
    work.control.report(State.CHECKING, done=len(work.audited))


def _blocking(work: Work) -> list[Audited]:
    """Return the statements whose findings keep the batch from being executed."""
    pass_warnings = work.request.options.ignore_warnings
    return [each for each in work.audited if has_blocking(each.findings, warnings_pass=pass_warnings)]


def _checked_rows(work: Work) -> list[Report]:
    options = work.request.options
    return [checked(audited, backup_dbname(audited.statement, options)) for audited in work.audited]
