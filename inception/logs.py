"""Where the log goes and how a line of it looks; which request a line is about."""

import json
import logging
import logging.handlers
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

_trace: ContextVar[str] = ContextVar("trace", default="")
_CONSOLE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def begin_trace() -> str:
    """Give what this task does from now on an id of its own, and return it: 32 hex digits, a W3C trace-id."""
    trace = secrets.token_hex(16)
    _trace.set(trace)
    return trace


def resume_trace(trace: str) -> None:
    """Let what this task does from now on belong to a request that another one took."""
    _trace.set(trace)


def current_trace() -> str:
    """Return the id of the request that this task works on, '' outside any."""
    return _trace.get()


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC, RFC 3339), level, logger, message, trace_id of a request, error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace := current_trace():
            line["trace_id"] = trace
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to(path: str, form: str) -> None:
    """Send the log to a file, reopened when it was moved away, or to 'stderr'; `form` is console or json."""
    handler: logging.Handler
    if path in ("", "stderr"):
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = logging.handlers.WatchedFileHandler(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(_CONSOLE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
