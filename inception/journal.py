"""The journal of a task: what became known of its statements, entry by entry, as it is stored and read again. Pure.

Entries are only ever appended, numbered without gaps: one more row in the commit that changes execute_progress costs
little, and an entry whose number is taken tells that somebody else works on the task now (claim.py). An entry is a JSON
array of facts, each an object that begins with what it is and the number of its statement; what few of them have is
left out where there is none.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inception.batch.statement import Kind, Statement
from inception.begun import DONE, ERROR, PREPARE, Begun, Chunk, Definitions
from inception.binlog.events import Position
from inception.own_tables import DATABASE
from inception.ran import Ran
from inception.schema.model import TableName
from inception.sql import quote_text

LONGEST_TEXT = 1024  # characters of a statement, or of a message
Fact = Mapping[str, Any]
_encoded = json.JSONEncoder(separators=(",", ":")).encode


def digest_of(text: str) -> str:
    """Return the SHA-256 of a statement's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def appending(key: str, entry: int, facts: Sequence[Fact]) -> str:
    """Return the statement that appends an entry; it fails where the number is taken. `key` is the task, quoted."""
    return f"INSERT INTO `{DATABASE}`.`execute_journal` VALUES ({key}, {entry}, {quote_text(_encoded(facts))})"


# -- facts -----------------------------------------------------------------------------------------------------


def claimed(owner: str) -> Fact:
    """Return that somebody works on the task from now on."""
    return {"claimed": owner}


def text_fact(statement: Statement) -> Fact:
    """Return what there is to know of a statement before it is begun."""
    tables = statement.changes if statement.kind.is_dml else ()
    return {
        "text": statement.number,
        "kind": statement.kind.value,
        "digest": digest_of(statement.text),
        "begins": statement.text[:LONGEST_TEXT],
        "tables": [(name.database, name.name) for name in tables],
    }


def begun_fact(begun: Begun) -> Fact:
    """Return that a statement is about to be sent; nothing holds any more of an earlier attempt, but its ranges."""
    fact = {"begun": begun.number, "opid": begun.opid, "connection": begun.connection_id}
    return fact | _known(
        start=begun.start, gtid=begun.gtid, before=_listed(begun.before), locked=begun.locked, tool=begun.tool
    )


def ranges_fact(begun: Begun, *chunks: Chunk) -> Fact:
    """Return what became of ranges of a key, of which the last is about to be sent."""
    fact = {"ranges": begun.number, "size": begun.chunk_rows, "key": begun.chunk_key, "last": begun.chunk_last}
    return fact | {"chunks": [_chunk_fact(chunk) for chunk in chunks]}


def ended_fact(ran: Ran) -> Fact:
    """Return how a statement ended, and its last range where it ran in some."""
    fact = {
        "ended": ran.step.statement.number,
        "status": status_of(ran),
        "rows": ran.affected_rows,
        "seconds": round(ran.seconds, 3),
    }
    return fact | _known(
        end=ran.end, gtid=ran.gtid, after=_listed(ran.after), errno=ran.error.errno if ran.error else 0,
        message=ran.reason[:LONGEST_TEXT], chunks=[_chunk_fact(ran.chunk)] if ran.chunk else (),
    )  # fmt: skip


def status_of(ran: Ran) -> str:
    """Return what is written for a statement: PREPARE still where it may or may not have taken effect."""
    if ran.outcome_unknown:
        return PREPARE
    return DONE if ran.committed else ERROR


def _listed(definitions: Definitions) -> list[tuple[str, str, str | None]]:
    return [(name.database, name.name, text) for name, text in definitions.items()]


def _chunk_fact(chunk: Chunk) -> Fact:
    fact = {
        "number": chunk.number,
        "status": chunk.status,
        "connection": chunk.connection_id,
        "after": chunk.after,
        "upto": chunk.upto,
        "rows": chunk.affected_rows,
        "seconds": round(chunk.seconds, 3),
    }
    return fact | _known(start=chunk.start, end=chunk.end, gtid=chunk.gtid)


def _known(**values: Any) -> dict[str, Any]:
    """Return what is not 0, empty or None."""
    return {name: value for name, value in values.items() if value}


# -- reading -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Told:
    """The facts of a statement that hold: those of its last attempt, and its ranges, which outlive an attempt.

    They are put together once all are known: a statement may have run in a great many ranges.
    """

    text: Fact
    begun: Fact = field(default_factory=dict)
    ended: Fact = field(default_factory=dict)
    ranges: Fact = field(default_factory=dict)
    chunks: dict[int, Fact] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        if "begun" in fact:
            self.begun, self.ended = fact, {}
        elif "ranges" in fact:
            self.ranges = fact
        else:
            self.ended = fact
        for chunk in fact.get("chunks", ()):
            self.chunks[chunk["number"]] = chunk

    @property
    def whole(self) -> Begun:
        text, begun, ended, ranges = self.text, self.begun, self.ended, self.ranges
        return Begun(
            text["text"], ended.get("status", PREPARE), begun.get("opid", ""), begun.get("connection", 0),
            Kind(text["kind"]), text["begins"],
            start=_position(begun, "start"), end=_position(ended, "end"), gtid=(ended or begun).get("gtid"),
            before=_definitions(begun, "before"), after=_definitions(ended, "after"),
            tables=tuple(TableName(*each) for each in text["tables"]),
            affected_rows=ended.get("rows", 0), seconds=ended.get("seconds", 0.0),
            errno=ended.get("errno", 0), message=ended.get("message", ""),
            locked=begun.get("locked", False), tool=begun.get("tool", False),
            chunks=tuple(map(_chunk, self.chunks.values())), chunk_rows=ranges.get("size", 0),
            chunk_key=ranges.get("key", ""), chunk_last=tuple(ranges.get("last", ())),
        )  # fmt: skip


def replayed(entries: Iterable[str]) -> tuple[Begun, ...]:
    """Return the statements of a task that were begun, or ended before that, in order, as its entries tell."""
    texts: dict[int, Fact] = {}
    known: dict[int, _Told] = {}
    for entry in entries:
        for fact in json.loads(entry):
            match fact:
                case {"text": number}:
                    texts[number] = fact
                case {"begun": number} | {"ranges": number} | {"ended": number}:
                    told = known.get(number)
                    if told is None:
                        told = known[number] = _Told(texts[number])
                    told.add(fact)
    return tuple(told.whole for _, told in sorted(known.items()))


def _chunk(fact: Fact) -> Chunk:
    return Chunk(
        fact["number"], fact["status"], fact["connection"], tuple(fact["after"]), tuple(fact["upto"]),
        _position(fact, "start"), _position(fact, "end"), fact.get("gtid"), fact["rows"], fact["seconds"],
    )  # fmt: skip


def _position(fact: Fact, which: str) -> Position | None:
    return Position(*fact[which]) if which in fact else None


def _definitions(fact: Fact, which: str) -> Definitions:
    return {TableName(database, name): text for database, name, text in fact.get(which, ())}
