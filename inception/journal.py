"""The journal of a task: what became known of its statements, entry by entry, as it is stored and read again. Pure.

Entries are only ever appended, numbered without gaps: one more row in the commit that changes execute_progress costs
little, and an entry whose number is taken tells that somebody else works on the task now (claim.py). An entry is a JSON
array of facts, each an object that begins with what it is and the number of its statement; what is 0, empty or not
known is left out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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


def replayed(entries: Iterable[str]) -> tuple[Begun, ...]:
    """Return the statements of a task that were begun, or ended before that, in order, as its entries tell."""
    texts: dict[int, Fact] = {}
    known: dict[int, Begun] = {}
    for entry in entries:
        for fact in json.loads(entry):
            match fact:
                case {"text": number}:
                    texts[number] = fact
                case {"begun": number} | {"ranges": number} | {"ended": number}:
                    known[number] = _after(known.get(number) or _blank(texts[number]), fact)
    return tuple(begun for _, begun in sorted(known.items()))


def _blank(fact: Fact) -> Begun:
    tables = tuple(TableName(*each) for each in fact["tables"])
    return Begun(fact["text"], PREPARE, "", 0, Kind(fact["kind"]), fact["begins"], tables=tables)


def _after(begun: Begun, fact: Fact) -> Begun:
    """Return what is known of a statement after a fact."""
    if "begun" in fact:
        return Begun(
            begun.number, PREPARE, fact["opid"], fact["connection"], begun.kind, begun.text,
            start=_position(fact, "start"), gtid=fact.get("gtid"), before=_definitions(fact, "before"),
            tables=begun.tables, locked=fact.get("locked", False), tool=fact.get("tool", False),
            chunks=begun.chunks, chunk_rows=begun.chunk_rows, chunk_key=begun.chunk_key, chunk_last=begun.chunk_last,
        )  # fmt: skip
    chunks = {each.number: each for each in (*begun.chunks, *map(_chunk, fact.get("chunks", ())))}
    begun = replace(begun, chunks=tuple(chunks.values()))
    if "ranges" in fact:
        return replace(begun, chunk_rows=fact["size"], chunk_key=fact["key"], chunk_last=tuple(fact["last"]))
    return replace(
        begun, status=fact["status"], affected_rows=fact["rows"], seconds=fact["seconds"],
        end=_position(fact, "end"), gtid=fact.get("gtid"), after=_definitions(fact, "after"),
        errno=fact.get("errno", 0), message=fact.get("message", ""),
    )  # fmt: skip


def _chunk(fact: Fact) -> Chunk:
    return Chunk(
        fact["number"], fact["status"], fact["connection"], tuple(fact["after"]), tuple(fact["upto"]),
        _position(fact, "start"), _position(fact, "end"), fact.get("gtid"), fact["rows"], fact["seconds"],
    )  # fmt: skip


def _position(fact: Fact, which: str) -> Position | None:
    return Position(*fact[which]) if which in fact else None


def _definitions(fact: Fact, which: str) -> Definitions:
    return {TableName(database, name): text for database, name, text in fact.get(which, ())}
