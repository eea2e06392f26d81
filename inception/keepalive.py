"""Probing of silent connections, so that one whose other end is gone without a word ends within two minutes."""

import socket

_PROBES = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}  # seconds, seconds, number


def keep_alive(connected: socket.socket) -> None:
    """Have the system probe a connection while nothing comes."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBES.items():
        if hasattr(socket, name):  # not on every system
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
