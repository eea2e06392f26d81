"""A TCP proxy in front of a server, whose connections can be stalled, dropped and reset while a test looks on."""

import contextlib
import socket
import struct
import threading
from typing import Self

from tests.processes import HOST

_BLOCK = 1 << 16


class Proxy:
    """Listens on `port` and passes on to a server's port."""

    def __init__(self, to: int, *, last: bytes = b"") -> None:
        """Pass on to port `to`; once `last` has been passed on, all connections there are are closed."""
        self._to = to
        self._last = last
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._readers: list[threading.Thread] = []
        self._flows = threading.Event()
        self._flows.set()
        self._closed = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stall(self) -> None:
        """Pass nothing on any more, in connections there are and in new ones, without closing any."""
        self._flows.clear()

    def go_on(self) -> None:
        """Pass on again what was held back, and what comes."""
        self._flows.set()

    def drop(self) -> None:
        """Close all connections in order (FIN)."""
        self._end(reset=False)

    def reset(self) -> None:
        """Break all connections off (RST); when it returns nothing is passed on any more. Not for one that stalls."""
        readers, self._readers = self._readers, []  # those of new connections go on
        self._end(reset=True)
        for each in readers:
            each.join()

    def _end(self, *, reset: bool) -> None:
        connections, self._open = self._open, []
        for each in connections:
            with contextlib.suppress(OSError):
                if reset:  # closing it sends RST then; its reader, which wakes up, does so
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._to), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self._open += client, server
            for source, sink in ((client, server), (server, client)):
                reader = threading.Thread(target=self._pass, args=(source, sink), daemon=True)
                reader.start()
                self._readers.append(reader)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_BLOCK):
                self._flows.wait()
                sink.sendall(data)
                if self._last and self._last in data:
                    self._last = b""
                    self.drop()
        for each in (source, sink):
            with contextlib.suppress(OSError):
                lingers, _ = struct.unpack("ii", each.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
                each.shutdown(socket.SHUT_RD if lingers else socket.SHUT_RDWR)
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._listener.close()
        self._flows.set()
        self.drop()
