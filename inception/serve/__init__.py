"""Run the server: logging, signals, and the order in which things start and end."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from inception import __version__
from inception.custom import RuleFile
from inception.errors import AuditLogFailed, ConfigError
from inception.first_look import look_at_sources
from inception.gateway import Gateway
from inception.gateway.audit_log import AuditLog
from inception.gateway.workers import Pool
from inception.logs import log_to
from inception.serve.daily import purge_daily
from inception.serve.memory import give_back_regularly
from inception.serve.monitoring import Monitoring
from inception.serve.reload import ReadAgain, reload
from inception.settings import Settings, Snapshot
from inception.settings.config import Config
from inception.wire.certificates import default_state_directory, prepare
from inception.wire.limits import Limits
from inception.wire.server import WireServer
from inception.wire.session import Session
from inception.wire.tls import Security

log = logging.getLogger("inception")
_LAST_ANSWERS = 30.0  # seconds for clients to take their answers once the work has ended


async def serve(config: Config, settings: Settings, own_rules: Sequence[RuleFile], read_again: ReadAgain) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code. Raises OSError where it cannot listen.

    `own_rules` are in use here already, and are handed to the workers. SIGHUP has the configuration read again.
    """
    values = settings.snapshot()
    start_log = partial(log_to, values["general_log_file"], values["log_format"])
    start_log()
    for note in config.notes:
        log.warning(note)
    _check_audit_log(values)
    pool = Pool(own_rules, preload=["inception.wire.encoded"], start_log=start_log)
    gateway = Gateway(config, settings, pool)
    server = WireServer(
        lambda client: Session(client, gateway),
        users=config.users,
        limits=_limits(settings),
        security=_security(values),
    )

    def follow_settings() -> None:
        server.limits = _limits(settings)

    gateway.on_change = follow_settings
    gateway.metrics.watch(server)
    await pool.warm()
    stop = _on_signals(lambda: reload(gateway, read_again, server.use_users))
    await server.start(values["bind_address"], values["port"], values["socket"] or None)
    log.info("Inception %s listens on %s:%d", __version__, values["bind_address"], server.port)
    with _monitoring(gateway, values):
        notify("READY=1")
        meanwhile = (purge_daily(settings), look_at_sources(config.sources), give_back_regularly())
        aside = [asyncio.ensure_future(each) for each in meanwhile]
        await stop.get()
        for each in aside:
            each.cancel()
        notify("STOPPING=1")
        log.info("stopping: no new requests; running ones have %d s", values["shutdown_grace"])
        return await _stop(gateway, server, values["shutdown_grace"], stop)


@contextmanager
def _monitoring(gateway: Gateway, values: Snapshot) -> Iterator[None]:
    """Answer on the port for monitoring, where one is configured."""
    if not values["metrics_port"]:
        yield
        return
    port = Monitoring(
        values["metrics_address"], values["metrics_port"], gateway.metrics.registry, lambda: not gateway.closing
    )
    log.info("metrics are on http://%s:%d/metrics", values["metrics_address"], port.port)
    with closing(port):
        yield


async def _stop(gateway: Gateway, server: WireServer, grace: int, stop: "asyncio.Queue[int]") -> int:
    """End in order; a second signal ends at once, the workers then tell the truth by themselves."""
    ending = asyncio.ensure_future(_end(gateway, server, grace))
    again = asyncio.ensure_future(stop.get())
    await asyncio.wait({ending, again}, return_when=asyncio.FIRST_COMPLETED)
    again.cancel()
    if not ending.done():
        log.warning("stopped at once by a second signal")
        logging.shutdown()
        os._exit(1)
    await ending
    log.info("stopped")
    return 0


async def _end(gateway: Gateway, server: WireServer, grace: int) -> None:
    await asyncio.gather(gateway.close(grace), server.stop(grace + _LAST_ANSWERS))


def _on_signals(on_hangup: Callable[[], None]) -> "asyncio.Queue[int]":
    queue: asyncio.Queue[int] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, queue.put_nowait, int(number))
    loop.add_signal_handler(signal.SIGHUP, on_hangup)  # the log file is opened anew by itself when it was moved
    return queue


def check_files(values: Snapshot) -> None:
    """Read the files that a configuration names, where it names them. Raises ConfigError."""
    if any(values[name] for name in ("tls_cert", "tls_key", "tls_ca")):
        _security(values)
    _check_audit_log(values)


def _check_audit_log(values: Snapshot) -> None:
    if not values["audit_log_file"]:
        return
    try:
        AuditLog(Path(values["audit_log_file"])).check()
    except AuditLogFailed as error:
        raise ConfigError(error.message) from None


def _security(values: Snapshot) -> Security:
    return prepare(
        Path(values["state_directory"] or default_state_directory()),
        cert=values["tls_cert"],
        key=values["tls_key"],
        ca=values["tls_ca"],
        require_secure_transport=values["require_secure_transport"],
        require_client_certificate=values["tls_require_client_certificate"],
    )


def _limits(settings: Settings) -> Limits:
    values = settings.snapshot()
    return Limits(
        max_connections=values["max_connections"],
        max_allowed_packet=values["max_allowed_packet"],
        request_memory=values["request_memory"],
        wait_timeout=values["wait_timeout"],
    )


def notify(state: str) -> None:
    """Send a state (`READY=1`, `STOPPING=1`) to the socket that NOTIFY_SOCKET names: the messages of sd_notify(3).

    Does nothing where nobody asked for them. A socket that cannot be written to is ignored, as the manual advises:
    whoever asked is gone.
    """
    path = os.environ.get("NOTIFY_SOCKET", "")
    if path[:1] not in ("/", "@"):
        return
    address = "\0" + path[1:] if path[0] == "@" else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        try:
            connection.sendto(state.encode(), address)
        except OSError:
            return
