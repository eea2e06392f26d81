"""Character sets of clients: which bytes are which text, both ways, without losing a byte.

Not the character sets of tables or targets. A byte that is no text in its character set becomes a lone surrogate
(errors="surrogateescape") and the same byte again when the text is encoded.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from inception.errors import ServerError

# MySQL character set: Python codec, id of its default collation, bytes of the longest character. Where Python has no
# such codec, ASCII with surrogates for all other bytes keeps everything and translates what SQL consists of.
# utf8mb4 is sent as utf8mb4_general_ci, which every client library knows. `binary` means "not converted".
_TABLE: dict[str, tuple[str, int, int]] = {
    "utf8mb4": ("utf-8", 45, 4),
    "utf8mb3": ("utf-8", 33, 3),
    "binary": ("utf-8", 45, 4),
    "ascii": ("ascii", 11, 1),
    "latin1": ("cp1252", 8, 1),
    "latin2": ("iso8859_2", 9, 1),
    "latin5": ("iso8859_9", 30, 1),
    "latin7": ("iso8859_13", 41, 1),
    "gbk": ("gbk", 28, 2),
    "gb2312": ("gb2312", 24, 2),
    "gb18030": ("gb18030", 248, 4),
    "big5": ("big5", 1, 2),
    "sjis": ("shift_jis", 13, 2),
    "cp932": ("cp932", 95, 2),
    "ujis": ("euc_jp", 12, 3),
    "eucjpms": ("euc_jp", 97, 3),
    "euckr": ("euc_kr", 19, 2),
    "tis620": ("tis_620", 18, 1),
    "hebrew": ("iso8859_8", 16, 1),
    "greek": ("iso8859_7", 25, 1),
    "koi8r": ("koi8_r", 7, 1),
    "koi8u": ("koi8_u", 22, 1),
    "cp850": ("cp850", 4, 1),
    "cp852": ("cp852", 40, 1),
    "cp866": ("cp866", 36, 1),
    "cp1250": ("cp1250", 26, 1),
    "cp1251": ("cp1251", 51, 1),
    "cp1256": ("cp1256", 57, 1),
    "cp1257": ("cp1257", 59, 1),
    "macroman": ("mac_roman", 39, 1),
    "macce": ("mac_latin2", 38, 1),
    "hp8": ("hp_roman8", 6, 1),
    "dec8": ("ascii", 3, 1),
    "swe7": ("ascii", 10, 1),
    "armscii8": ("ascii", 32, 1),
    "keybcs2": ("ascii", 37, 1),
    "geostd8": ("ascii", 92, 1),
}
# Character sets that MySQL itself refuses for clients: ASCII is not one byte there.
_NOT_FOR_CLIENTS = frozenset({"ucs2", "utf16", "utf16le", "utf32"})


# Clients that name one of these can take any byte: Python has no codec for it, or there is nothing to decode.
_ANY_BYTE = frozenset({"binary", "dec8", "swe7", "armscii8", "keybcs2", "geostd8"})
_ESCAPED = re.compile("[\udc80-\udcff]")


def _encode_one(error: UnicodeError, escaped: str) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    code = ord(error.object[error.start])
    one = escaped.encode("latin-1") % (code - 0xDC00) if 0xDC80 <= code <= 0xDCFF else b"?"
    return one, error.start + 1


codecs.register_error("inception.bytes", lambda error: _encode_one(error, "%c"))
codecs.register_error("inception.readable", lambda error: _encode_one(error, r"\x%02X"))


@dataclass(frozen=True, eq=False)  # there is one of each
class Charset:
    """A character set that clients may use. `max_bytes` is the length of its longest character."""

    name: str
    codec: str
    collation_id: int
    max_bytes: int

    def __reduce__(self) -> "tuple[Callable[[str], Charset], tuple[str]]":
        return charset_named, (self.name,)

    def decode(self, data: bytes | bytearray) -> str:
        """Return the text of bytes such that `encode` restores them.

        Raises ServerError 1300 where that is not possible: a few characters of cp932 and big5 have two codes.
        """
        text = self.decode_part(data)
        if self.max_bytes > 1 and self.codec != "utf-8" and text.encode(self.codec, "surrogateescape") != data:
            raise ServerError(
                1300, f"The text has characters that {self.name} cannot keep exactly: send it in utf8mb4."
            )
        return text

    def decode_part(self, data: bytes | bytearray) -> str:
        """Return the text of a part of what was sent: halves of characters at its ends are no characters."""
        return data.decode(self.codec, "surrogateescape")

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text to answer; what the character set lacks becomes a question mark, as in MySQL.

        A byte that is no text is written as `\\xNN`, since many clients refuse a whole answer for one that they can't
        decode; it is itself where clients of the character set take any byte.
        """
        return text.encode(self.codec, self._answers)

    @cached_property
    def _answers(self) -> str:
        """What becomes of characters that cannot be encoded in an answer."""
        return "inception.bytes" if self.name in _ANY_BYTE else "inception.readable"


def shown_length(text: str) -> int:
    """Return how many characters a text has at most when it is answered."""
    return len(text) if text.isascii() else len(text) + 3 * len(_ESCAPED.findall(text))


CHARSETS = {name: Charset(name, *entry) for name, entry in _TABLE.items()}
UTF8MB4 = CHARSETS["utf8mb4"]


def charset_named(name: str) -> Charset:
    """Return the character set of a name.

    Raises ServerError 1115 for an unknown one, 1231 for one that MySQL does not allow for clients.
    """
    lower = name.lower()
    if lower in _NOT_FOR_CLIENTS:
        raise ServerError(1231, f"Variable 'character_set_client' can't be set to the value of '{lower}'", "42000")
    found = CHARSETS.get("utf8mb3" if lower == "utf8" else lower)
    if found is None:
        raise ServerError(1115, f"Unknown character set: '{name}'", "42000")
    return found
