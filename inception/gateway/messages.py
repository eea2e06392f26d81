"""What the gateway and a worker say to each other, and how it stands on the socket between them. No I/O.

A message is a pickle behind a head. The bytes of texts come before the message that they belong to, as they are.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inception.answer import Chunk, Encode, Value
from inception.cleaning import CleanRequest
from inception.errors import InceptionError
from inception.gateway.tally import Tally
from inception.osc.job import JobProgress, Order, Trail
from inception.pipeline import Request
from inception.progress import Progress
from inception.rollback import RollbackRequest

HEAD = struct.Struct("<?Q")  # whether these are bytes for the message that follows, and how many they are

Row = tuple[Value, ...]
AnyRequest = Request | RollbackRequest | CleanRequest
Told = Progress | JobProgress | Trail
"""Worker → gateway: how the request gets on."""


@dataclass(frozen=True)
class Take:
    """Gateway → worker: this is to be run next."""

    request: AnyRequest


@dataclass(frozen=True)
class Describe:
    """Gateway → worker: what is the audit log to say of it?"""


@dataclass(frozen=True)
class Described:
    """Worker → gateway: this."""

    submitted: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """Gateway → worker: run it, and encode its answer so."""

    encode: Encode


@dataclass(frozen=True)
class Stop:
    """Gateway → worker: end the running request, killing its statement on the target."""

    reason: str


@dataclass(frozen=True)
class Steer:
    """Gateway → worker: ask something of an online schema change of the running request."""

    sqlsha1: str
    order: Order


@dataclass(frozen=True)
class Kept:
    """Worker → gateway: what is kept here of some rows of an answer.

    `rows` have their texts cut, and are those of executions only; `findings` are levels and lines.
    """

    rows: list[Row]
    findings: list[tuple[int, str]]


@dataclass(frozen=True)
class Part:
    """Worker → gateway: some of the answer for the client; `reusable` is for the last part to say."""

    chunk: Chunk
    last: bool
    reusable: bool


@dataclass(frozen=True)
class Finished:
    """Worker → gateway: the request has ended, with the first part of its answer or with an error."""

    answer: Part | InceptionError
    tally: Tally = field(default_factory=Tally)
    reusable: bool = False
