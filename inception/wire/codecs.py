"""What is used of mysql-mimic: protocol constants, and the codecs that hold. Nothing else imports that package.

Not used, because measured to be wrong or unsafe: its connection loop, authentication, stream and server (a failed
login goes on, split headers and rows over 16 MiB break, no limits), its parsers of what clients send (they loop for
ever on a missing NUL byte), its result columns (fixed lengths and flags) and its Python codec names.
"""

from collections.abc import Callable

from mysql_mimic.charset import CharacterSet, Collation  # type: ignore[import-untyped]
from mysql_mimic.packets import (  # type: ignore[import-untyped]
    make_auth_switch_request,
    make_handshake_v10,
)
from mysql_mimic.types import (  # type: ignore[import-untyped]
    Capabilities,
    ColumnDefinition,
    ColumnType,
    Commands,
    ServerStatus,
)
from mysql_mimic.types import str_len as _str_len
from mysql_mimic.types import uint_1 as _uint_1
from mysql_mimic.types import uint_2 as _uint_2
from mysql_mimic.types import uint_4 as _uint_4
from mysql_mimic.types import uint_len as _uint_len

uint_1: Callable[[int], bytes] = _uint_1
uint_2: Callable[[int], bytes] = _uint_2
uint_4: Callable[[int], bytes] = _uint_4
uint_len: Callable[[int], bytes] = _uint_len
str_len: Callable[[bytes], bytes] = _str_len

__all__ = [
    "Capabilities",
    "CharacterSet",
    "Collation",
    "ColumnDefinition",
    "ColumnType",
    "Commands",
    "ServerStatus",
    "make_auth_switch_request",
    "make_handshake_v10",
    "str_len",
    "uint_1",
    "uint_2",
    "uint_4",
    "uint_len",
]
