"""A worker process: it runs one request at a time as plain synchronous code, and encodes its answer.

It ends by itself when its gateway is gone: after the statement that runs then, with the truth written and what was
executed backed up.
"""

import contextlib
import logging
import pickle
import queue
import resource
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inception.answer import Encode, ResultSet
from inception.batch.options import Mode
from inception.custom import RuleFile, use
from inception.errors import InceptionError
from inception.gateway.audit_log import submitted
from inception.gateway.messages import (
    HEAD,
    AnyRequest,
    Describe,
    Described,
    Finished,
    Kept,
    Part,
    Row,
    Run,
    Steer,
    Stop,
    Take,
)
from inception.gateway.tally import tally
from inception.introspect import rate
from inception.progress import Control
from inception.report import FIELDS, findings_of

_ROWS_A_MESSAGE = 500
_LONGEST_KEPT = 1 << 14  # characters of a text that the gateway keeps, for its audit log and `get status`
_LARGEST_IDLE = 256 << 20  # bytes of memory at most that an idle worker may have had and be kept

Inbox = queue.SimpleQueue[tuple[Describe | Run, AnyRequest, Control] | None]


class _Channel:
    """The worker's end; sending is safe from several threads."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._reader = sock.makefile("rb")
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        data = pickle.dumps(message)
        with self._lock, contextlib.suppress(OSError):  # a gateway that is gone is noticed by receive
            self._sock.sendall(HEAD.pack(False, len(data)))
            self._sock.sendall(data)

    def receive(self) -> Any:
        """Return the next message, None when the gateway is gone."""
        beside: list[bytearray] = []
        try:
            while True:
                head = self._reader.read(HEAD.size)
                if len(head) < HEAD.size:
                    return None
                is_beside, length = HEAD.unpack(head)
                data = bytearray(length)
                if self._reader.readinto(data) < length:
                    return None
                if not is_beside:
                    return pickle.loads(data, buffers=beside)  # noqa: S301 - from our own gateway
                beside.append(data)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None


def work(
    sock: socket.socket, own_rules: Sequence[RuleFile], spacing: rate.Spacing, start_log: Callable[[], None]
) -> None:
    """The worker process: run requests until the gateway is gone. It logs to where `start_log` opens."""
    start_log()
    use(own_rules)
    rate.use(spacing)
    for number in (signal.SIGINT, signal.SIGTERM):  # they reach the whole group; the gateway says when to stop
        signal.signal(number, signal.SIG_IGN)
    channel = _Channel(sock)
    inbox: Inbox = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, inbox), daemon=True).start()
    while (item := inbox.get()) is not None:
        message, request, control = item
        if isinstance(message, Describe):
            channel.send(_described(request))
        else:
            _serve(channel, request, control, message.encode)
        del item, message, request, control  # they would be kept until the next ones


def _listen(channel: _Channel, inbox: Inbox) -> None:
    request: AnyRequest | None = None
    control = Control(channel.send, channel.send)
    while (message := channel.receive()) is not None:
        if isinstance(message, Take):
            request, control = message.request, Control(channel.send, channel.send)
        elif isinstance(message, Stop):
            threading.Thread(target=control.stop, args=(message.reason,), daemon=True).start()
        elif isinstance(message, Steer):
            control.order(message.sqlsha1, message.order)
        elif request is not None:
            inbox.put((message, request, control))
        del message
    control.wind_down("The gateway is gone")
    inbox.put(None)


def _described(request: AnyRequest) -> Described | Finished:
    try:
        return Described(submitted(request.texts()))
    except InceptionError as error:
        return Finished(error, reusable=True)


def _serve(channel: _Channel, request: AnyRequest, control: Control, encode: Encode) -> None:
    """Run a request; tell what is kept of its answer, and that it has ended, before the client takes the answer."""
    try:
        rows = [report.row() for report in request.run(control)]
        answer = request.answer(rows)
        parts = _parts(encode, answer)
        first = next(parts)
    except InceptionError as error:
        channel.send(Finished(error, reusable=_is_small()))
        return
    except Exception as error:
        logging.getLogger(__name__).exception("A batch failed inside the program")
        said = f"Internal error: {type(error).__name__}; the server's log has the details."
        channel.send(Finished(InceptionError(said), reusable=_is_small()))
        return
    reports = rows if answer.fields == FIELDS else []
    for kept in _kept(reports, with_rows=request.options.mode is Mode.EXECUTE):
        channel.send(kept)
    channel.send(Finished(first, tally(reports)))
    for part in parts:
        channel.send(part)


def _parts(encode: Encode, answer: ResultSet) -> Iterator[Part]:
    chunks = encode(answer)
    chunk = next(chunks)
    for following in chunks:
        yield Part(chunk, last=False, reusable=False)
        chunk = following
    yield Part(chunk, last=True, reusable=_is_small())


def _kept(rows: list[Row], *, with_rows: bool) -> Iterator[Kept]:
    for start in range(0, len(rows), _ROWS_A_MESSAGE):
        some = rows[start : start + _ROWS_A_MESSAGE]
        cut = [_cut(row) for row in some] if with_rows else []
        yield Kept(cut, list(findings_of(some)))


def _cut(row: Row) -> Row:
    return tuple(cell[:_LONGEST_KEPT] if isinstance(cell, str) else cell for cell in row)


def _is_small() -> bool:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < _LARGEST_IDLE
