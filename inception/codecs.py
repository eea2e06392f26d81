"""Python's codecs for MySQL's character sets, as our own connections to servers use them."""

from pymysql.charset import charset_by_name

# Python's codecs for the character sets whose MySQL meaning differs from the codec that PyMySQL picks, and for those
# where it picks one that there is not: as clients' texts are decoded, so that each byte arrives as it came.
_CODECS = {"latin1": "cp1252", "utf8": "utf-8", "utf8mb3": "utf-8", "utf8mb4": "utf-8"}
UNKNOWN_TO_DRIVER = {
    "binary": "utf-8",
    "eucjpms": "euc_jp",
    "macce": "mac_latin2",
    "hp8": "hp_roman8",
} | dict.fromkeys(("dec8", "swe7", "armscii8", "keybcs2", "geostd8"), "ascii")


def codec_of(charset: str) -> str:
    """Return the Python codec of a MySQL character set; utf-8 where there is none."""
    known = (_CODECS | UNKNOWN_TO_DRIVER).get(charset.lower())
    if known:
        return known
    found = charset_by_name(charset)
    return found.encoding if found is not None else "utf-8"
