"""The bodies of GTID events → who wrote a transaction: pure. The layouts are named in parse.py."""

import struct

_GROUP_COMMIT, _XA = 0x02, 0x40 | 0x80  # flags of MariaDB's GTID event
_MULTI_ENGINE, _ALTER_END, _THREAD_ID = 0x01, 0x04 | 0x08, 0x10  # and its extra flags


def mysql_gtid(body: bytes) -> str:
    """Return what the body of MySQL's GTID event says: uuid:number."""
    digits, number = body[1:17].hex(), int.from_bytes(body[17:25], "little")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}:{number}"


def mariadb_gtid(server_id: int, body: bytes) -> str:
    """Return what the body of MariaDB's GTID event says: domain-server-sequence."""
    sequence, domain = struct.unpack_from("<QI", body)
    return f"{domain}-{server_id}-{sequence}"


def mariadb_thread_id(body: bytes, flags: int) -> int | None:
    """Return the thread id in the body of MariaDB's GTID event (from 11 on), or None."""
    at = 13 + (8 if flags & _GROUP_COMMIT else 0)
    if flags & _XA:
        at += 6 + body[at + 4] + body[at + 5]
    if at >= len(body):
        return None
    extra = body[at]
    at += 1 + (1 if extra & _MULTI_ENGINE else 0) + (8 if extra & _ALTER_END else 0)
    return int(struct.unpack_from("<I", body, at)[0]) if extra & _THREAD_ID else None
