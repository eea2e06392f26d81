"""Garbage for the wire, from a seed: `python -m tests.wire.fuzz --seconds=60 [--seed=n]`.

What must hold: garbage ends in an error packet or a closed connection, nothing leaks, nothing is an internal error, and
the next client is served. A session is a valid one in which things are broken: bytes changed, packets cut, repeated,
in the wrong order, after a login or instead of one, in TLS or in the clear.
"""

import argparse
import logging
import random
import socket
import ssl
import struct
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from inception.settings.accounts import User
from inception.wire.certificates import prepare
from inception.wire.limits import Limits
from inception.wire.native import hash_native
from inception.wire.sha2 import hash_sha2
from tests.wire.support import RawClient, Running, native_response, sha2_response, wait_until

USERS = {
    "u": User("u", hash_native("p")),
    "s": User("s", "", "audit", hash_sha2("p")),
}
_WORDS = (
    b"done",
    b"mixed",
    b"set names gbk",
    b"select @@version",
    b"show variables",
    b"late",
    b"a;;b",
    b"bug ?",
    b"rows 50",
)
_COMMANDS = (*range(0x20), 3, 3, 3, 0x16, 0x16, 0x17, 0x17, 0x18, 0x1C, 0x11)


class Failed(Exception):
    """The invariant does not hold; the text says for which seed."""


class Target:
    """A server to attack. `errors` are the internal errors it logged."""

    def __init__(self, directory: Path) -> None:
        limits = Limits(login_timeout=2.0, net_read_timeout=1.0, wait_timeout=3.0, max_allowed_packet=1 << 20)
        self.running = Running(USERS, limits, None, prepare(directory))
        self.running.server._service.throttle.wait = lambda *_: 0.0  # type: ignore[method-assign]
        self.errors: list[str] = []
        self._handler = _Watch(self.errors)
        logging.getLogger("inception.wire").addHandler(self._handler)
        logging.getLogger("asyncio").addHandler(self._handler)

    def close(self) -> None:
        """Stop the server."""
        self.running.stop()
        logging.getLogger("inception.wire").removeHandler(self._handler)
        logging.getLogger("asyncio").removeHandler(self._handler)

    def check(self, seed: int) -> None:
        """Raise Failed unless everything is as before any attack."""
        service = self.running.server._service
        try:
            wait_until(lambda: not service.connections and not service.budget.used, "connections and memory to be free")
            client = self.running.raw()
            assert client.login("u", "p")[0] == 0
            assert client.query("next")[0] == 1
            client.close()
        except (AssertionError, OSError, EOFError) as error:
            raise Failed(f"seed {seed}: the next client is not served: {error!r}") from error
        if self.errors:
            raise Failed(f"seed {seed}: internal errors: {self.errors}")


class _Watch(logging.Handler):
    """Collects errors, other than those of the program behind the wire: it is asked to fail (`bug`, `rows x`)."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        where = traceback.extract_tb(error.__traceback__)[-1].filename if error is not None else ""
        if Path(where).name != "support.py":
            self._errors.append(f"{record.getMessage()}: {error!r}")


def attack(target: Target, seed: int) -> None:
    """Run one session of garbage. Raises Failed where the server does not end it."""
    rnd = random.Random(seed)
    client = target.running.raw()
    client.socket.settimeout(8)
    try:
        _session(client, rnd)
        client.socket.shutdown(socket.SHUT_WR)
        while client.socket.recv(65536):
            pass
    except TimeoutError as error:
        raise Failed(f"seed {seed}: the connection is left open") from error
    except (OSError, EOFError):
        pass
    finally:
        client.close()


def _session(client: RawClient, rnd: random.Random) -> None:
    first: Callable[[RawClient, random.Random], None] = rnd.choice(
        (_logged_in, _logged_in, _logged_in, _broken_login, _broken_login, _broken_tls, _nothing_but_noise)
    )
    first(client, rnd)
    for _ in range(rnd.randrange(12)):
        client.socket.sendall(_broken(client.packet(_command(rnd), 0), rnd))


def _logged_in(client: RawClient, rnd: random.Random) -> None:
    client.login("u", "p")


def _broken_login(client: RawClient, rnd: random.Random) -> None:
    scramble = client.scramble()
    user, plugin = rnd.choice("us"), rnd.choice(("mysql_native_password", "caching_sha2_password", "x"))
    proof = native_response if plugin.startswith("mysql") else sha2_response
    packet = client.response(user, proof(rnd.choice((b"p", b"q")), scramble), plugin)
    client.send(_broken(packet, rnd))
    for _ in range(rnd.randrange(3)):
        client.read_packet()
        client.send(rnd.choice((b"\x02", b"p\0", b"", rnd.randbytes(rnd.choice((20, 256, 300))))))


def _broken_tls(client: RawClient, rnd: random.Random) -> None:
    client.scramble()
    client.send(struct.pack("<IIB23x", RawClient.CAPABILITIES | 0x800, 1 << 24, 45))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        client.socket.sendall(_broken(outgoing.read(), rnd))


def _nothing_but_noise(client: RawClient, rnd: random.Random) -> None:
    client.socket.sendall(rnd.randbytes(rnd.randrange(1, 300)))


def _command(rnd: random.Random) -> bytes:
    argument = rnd.choice(
        (rnd.choice(_WORDS), rnd.randbytes(rnd.randrange(40)), struct.pack("<IBI", 1, 0, 1), b"\1\0\0\0")
    )
    return bytes((rnd.choice(_COMMANDS),)) + argument


def _broken(data: bytes, rnd: random.Random) -> bytes:
    """Return data in which something is wrong, mostly."""
    broken = bytearray(data)
    for _ in range(rnd.choice((0, 0, 1, 1, 2, 5))):
        place = rnd.randrange(len(broken) or 1)
        match rnd.randrange(5):
            case 0 if broken:
                broken[place % len(broken)] = rnd.getrandbits(8)
            case 1:
                del broken[place:]
            case 2:
                broken[place:place] = rnd.randbytes(rnd.randrange(1, 9))
            case 3:
                broken += broken[place:]
            case _ if broken:
                broken[place % len(broken)] ^= 1 << rnd.randrange(8)
    return bytes(broken)


def main() -> None:
    """Attack until the time is over; say how often, or for which seed the invariant does not hold."""
    parser = argparse.ArgumentParser(description="Garbage for the wire.")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as directory:
        target = Target(Path(directory))
        try:
            count, end = 0, time.monotonic() + options.seconds
            while time.monotonic() < end:
                attack(target, options.seed + count)
                count += 1
                if count % 20 == 0:
                    target.check(options.seed + count - 1)
            target.check(options.seed + count)
        finally:
            target.close()
    print(
        f"{count} sessions of garbage from seed {options.seed} on: all ended, nothing leaked, the next client is served"
    )


if __name__ == "__main__":
    main()
