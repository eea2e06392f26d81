"""What became of a statement that was begun: decided from evidence. Pure; recovery.py gathers the evidence.

The order is that of certainty: a connection that still runs it, the GTID that it was given, its transaction in the
binary log (the log is the coordinator of the server's two-phase commit: what is there is committed, also after a crash
of the server; what is not there, is not, once the connection is gone and the log was read to its end), what a change
of definitions left behind. Else it is unknown, and the reason says why.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from inception.batch.statement import Kind
from inception.begun import Begun, Definitions
from inception.binlog.find import Found
from inception.schema.model import TableName


class Outcome(StrEnum):
    """Whether a statement took effect."""

    COMMITTED = "committed"
    NOT_COMMITTED = "not committed"
    PARTLY = "partly committed"  # only of a statement that runs in ranges of a key
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """What was found out on the target.

    `unreachable` says why nothing was. `alive` describes an old connection that is still there, '' once it is gone
    for certain; `maybe_alive` says why that is not certain. `gtid_executed` tells whether the GTID given to the
    statement is there, None where it was given none; `gtid_free`, that no session has it. `found` is
    its transaction; `log_problem` says why the binary log could not be read to its end; `disturbed` is a definition
    change of other sessions that it has, of a table of this statement. `now` has the definitions as they stand, of the
    tables in `begun.before`; `atomic_ddl` tells whether the target never keeps a definition change that it did not log.
    `left` are tables of an online schema change that are still there.
    `unsafe_tables` are those whose engine knows no transactions; `relaxed` the settings, as `name=value`, under which
    a crash of the target may lose what was committed.
    """

    unreachable: str = ""
    alive: str = ""
    maybe_alive: str = ""
    gtid_executed: bool | None = None
    gtid_free: bool = False
    found: Found | None = None
    log_problem: str = ""
    disturbed: str = ""
    atomic_ddl: bool = False
    now: Definitions = field(default_factory=dict)
    unsafe_tables: tuple[TableName, ...] = ()
    left: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """An outcome and its reason; for a committed statement its transaction, where that was found."""

    outcome: Outcome
    reason: str
    found: Found | None = None


def decide(begun: Begun, evidence: Evidence) -> Verdict:
    """Return what became of a statement."""
    verdict = _decide(begun, evidence)
    if evidence.relaxed and not evidence.unreachable:
        settings = " and ".join(evidence.relaxed)
        note = f" (The target runs with {settings}: a crash of it may lose what was committed.)"
        return Verdict(verdict.outcome, verdict.reason + note, verdict.found)
    return verdict


def of_whole(begun: Begun, verdict: Verdict | None) -> Verdict | None:
    """Return what became of a statement, from what became of that of it which is in doubt (None: nothing is)."""
    if not begun.chunks:
        return verdict
    last, done, reached = begun.chunks[-1], len(begun.done), begun.reached
    if verdict is not None and verdict.outcome is Outcome.COMMITTED:
        done, reached = done + 1, last.upto
    said = f" Its range {last.number}: {verdict.outcome}. {verdict.reason}" if verdict is not None else ""
    if verdict is not None and verdict.outcome is Outcome.UNKNOWN:
        return Verdict(Outcome.UNKNOWN, f"{done} of its ranges are committed.{said}")
    if done and reached == begun.chunk_last:
        return Verdict(Outcome.COMMITTED, f"All of its {done} ranges are committed.{said}")
    outcome = Outcome.PARTLY if done else Outcome.NOT_COMMITTED
    return Verdict(outcome, f"{done} of its ranges are committed, and not the rest.{said}")


def _decide(begun: Begun, evidence: Evidence) -> Verdict:
    if evidence.unreachable:
        return Verdict(Outcome.UNKNOWN, f"The target could not be asked: {evidence.unreachable}.")
    if evidence.found is not None:
        return Verdict(Outcome.COMMITTED, f"It is in the binary log ({_where(evidence.found)}).", evidence.found)
    if evidence.gtid_executed:
        return Verdict(Outcome.COMMITTED, f"Its GTID {begun.gtid} is in gtid_executed of the target.")
    if evidence.alive:
        return Verdict(Outcome.UNKNOWN, f"It may still run: {evidence.alive}.")
    if evidence.maybe_alive:
        return Verdict(Outcome.UNKNOWN, f"{evidence.maybe_alive}.")
    if begun.tool:
        return _by_tool(begun, evidence)
    if evidence.gtid_executed is False:
        gone = "no session has it" if evidence.gtid_free else "its connection is gone"
        return Verdict(
            Outcome.NOT_COMMITTED, f"Its GTID {begun.gtid} is not in gtid_executed of the target, and {gone}."
        )
    return _unread(begun, evidence) if evidence.log_problem else _absent(begun, evidence)


def _where(found: Found) -> str:
    return f"recognised by {found.by}, up to {found.end}"


def _by_tool(begun: Begun, evidence: Evidence) -> Verdict:
    """Decide on an online schema change: it took effect when the new table took the old one's place."""
    shown = _shown_effect(begun, evidence.now)
    if effect_of(begun, evidence.now) is not Effect.NONE:
        return Verdict(Outcome.COMMITTED, f"By online schema change: {shown}.")
    if evidence.left:
        return Verdict(
            Outcome.UNKNOWN,
            f"The online schema change may still run: its table {', '.join(evidence.left)} is there. Look for it in "
            "the target's process list; once it is gone, drop its triggers, then that table.",
        )
    return Verdict(Outcome.NOT_COMMITTED, f"By online schema change, of which nothing is left: {shown}.")


def _absent(begun: Begun, evidence: Evidence) -> Verdict:
    """Decide where the binary log was read to its end and does not have the statement."""
    absent = (
        f"Its connection {begun.connection_id} is gone, and the binary log, read from {begun.start} to its end, does "
        "not have it."
    )
    if evidence.unsafe_tables:
        names = ", ".join(map(str, evidence.unsafe_tables))
        return Verdict(
            Outcome.UNKNOWN, f"{absent} But the engine of {names} keeps rows of a statement that was cut off."
        )
    effect = Effect.NONE if evidence.atomic_ddl else effect_of(begun, evidence.now)
    if effect is Effect.NONE:
        return Verdict(Outcome.NOT_COMMITTED, absent)
    if effect is Effect.WHOLE and not evidence.disturbed:
        return Verdict(Outcome.COMMITTED, f"{absent} But the definitions have changed, and nobody else changed them.")
    other = f" Another session ran: {evidence.disturbed}." if evidence.disturbed else ""
    return Verdict(Outcome.UNKNOWN, f"{absent} But {_shown_effect(begun, evidence.now)}.{other}")


def _unread(begun: Begun, evidence: Evidence) -> Verdict:
    """Decide where the binary log could not be read: by the effect of a definition change, where there is one."""
    problem = f"The binary log does not tell: {evidence.log_problem}"
    if not begun.before:
        return Verdict(Outcome.UNKNOWN, problem)
    match effect_of(begun, evidence.now):
        case Effect.WHOLE:
            return Verdict(Outcome.COMMITTED, f"{problem} But {_shown_effect(begun, evidence.now)}.")
        case Effect.NONE if begun.kind in _ALWAYS_SEEN:
            return Verdict(Outcome.NOT_COMMITTED, f"{problem} But {_shown_effect(begun, evidence.now)}.")
    return Verdict(Outcome.UNKNOWN, f"{problem} And {_shown_effect(begun, evidence.now)}.")


# -- the effect of a change of definitions ---------------------------------------------------------------------

_DROPS = frozenset({Kind.DROP_TABLE, Kind.DROP_VIEW})
_ALWAYS_SEEN = _DROPS | {Kind.CREATE_TABLE, Kind.CREATE_VIEW, Kind.RENAME_TABLE}


class Effect(StrEnum):
    """How much of a definition change is to be seen."""

    NONE = "none"
    PART = "part"
    WHOLE = "whole"


def effect_of(begun: Begun, now: Definitions) -> Effect:
    """Compare the definitions before a statement with those of now; what rows alone change is left out."""
    changed = [name for name in _relevant(begun) if _changed(begun.before[name], now.get(name))]
    if not changed:
        return Effect.NONE
    return Effect.WHOLE if len(changed) == len(_relevant(begun)) else Effect.PART


def _relevant(begun: Begun) -> list[TableName]:
    """The tables that the statement must change: one that is not there cannot be dropped."""
    return [name for name, before in begun.before.items() if before is not None or begun.kind not in _DROPS]


def _changed(before: str | None, now: str | None) -> bool:
    if before is None or now is None:
        return before is not now
    return without_counter(before) != without_counter(now)


def without_counter(definition: str) -> str:
    """Return a definition without its AUTO_INCREMENT=, which every INSERT moves."""
    head, end, options = definition.rpartition("\n)")
    return head + end + re.sub(r" AUTO_INCREMENT=\d+", "", options)


def _shown_effect(begun: Begun, now: Definitions) -> str:
    changed = [name for name in _relevant(begun) if _changed(begun.before[name], now.get(name))]
    same = [name for name in _relevant(begun) if name not in changed]
    parts = [f"the definition of {name} has changed since" for name in changed]
    parts += [f"the definition of {name} is as it was" for name in same]
    return ", ".join(parts)
