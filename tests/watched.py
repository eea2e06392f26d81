"""`python -m tests.watched serve …` is `inception serve …`, watched: a password that it shows is written to its log.

Looked at are all packets to clients before they are encrypted, the answers for monitoring, and the arguments and the
environment of programs that are started. Servers.Gateway then finds it in the log. Workers import this module, too.
"""

import sys
from collections.abc import Iterable
from typing import Any

from tests.secrets import MARK

_MARK = MARK.encode()


def _look(what: str, content: bytes) -> bytes:
    if _MARK in content:
        place = content.index(_MARK)
        print(f"{what}: {content[max(0, place - 200) : place + 50]!r}", file=sys.stderr, flush=True)
    return content


def _started(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        _look("a program was started with a password", repr(arguments).encode())


def _watch() -> None:
    from inception.serve.monitoring import Monitoring
    from inception.wire.stream import PacketStream

    send, answer = PacketStream.send, Monitoring._answer

    def watched_send(self: PacketStream, packets: Iterable[bytes], stall: float) -> Any:
        return send(self, (_look("a client was sent a password", bytes(each)) for each in packets), stall)

    def watched_answer(self: Monitoring, environment: dict[str, Any], start: Any) -> Iterable[bytes]:
        return [_look("monitoring shows a password", each) for each in answer(self, environment, start)]

    PacketStream.send = watched_send  # type: ignore[method-assign]
    Monitoring._answer = watched_answer  # type: ignore[method-assign]


sys.addaudithook(_started)
if __name__ == "__main__":
    from inception.cli import main

    _watch()
    main()
