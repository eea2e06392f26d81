"""SET NAMES, or SET CHARACTER SET, to one that is not in inception_support_charset."""

from collections.abc import Iterator

from inception.batch.statement import SetNames
from inception.rule import Level
from inception.rules.table.charset import SupportCharset

LEVEL = Level.WARNING
ORDER = 66


def check(
    change: SetNames,
    *,
    inception_support_charset: SupportCharset = ("utf8mb4",),
) -> Iterator[str]:
    """Yield a finding for it."""
    if change.charset not in inception_support_charset:
        yield f"Set names to one of '{','.join(inception_support_charset)}', not '{change.charset}'."
