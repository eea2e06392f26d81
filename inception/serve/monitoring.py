"""The HTTP port for monitoring: /metrics for Prometheus, /healthz (it lives) and /readyz (it takes requests).

prometheus-client's own server, on threads of its own: nothing of it runs in the event loop that serves the clients.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import ThreadingWSGIServer, _SilentHandler, make_wsgi_app

_TIMEOUT = 10  # seconds for a client to say what it wants
_StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _Handler(_SilentHandler):
    timeout = _TIMEOUT


class Monitoring:
    """Listens from its making to `close`. Raises OSError where it cannot."""

    def __init__(self, address: str, port: int, registry: CollectorRegistry, is_ready: Callable[[], bool]) -> None:
        self._metrics = make_wsgi_app(registry)
        self._is_ready = is_ready
        self._server: WSGIServer = make_server(address, port, self._answer, ThreadingWSGIServer, _Handler)
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, name="monitoring", daemon=True).start()

    def _answer(self, environment: dict[str, Any], start: _StartResponse) -> Iterable[bytes]:
        match environment["PATH_INFO"]:
            case "/metrics":
                answer: Iterable[bytes] = self._metrics(environment, start)
                return answer
            case "/healthz":
                return _plain(start, "200 OK", "alive")
            case "/readyz":
                return _plain(
                    start, *(("200 OK", "ready") if self._is_ready() else ("503 Service Unavailable", "not ready"))
                )
        return _plain(start, "404 Not Found", "There are /metrics, /healthz and /readyz.")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _plain(start: _StartResponse, status: str, text: str) -> list[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode() + b"\n"]
