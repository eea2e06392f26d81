"""The grants that docs/operations.md lists, as the tests give them."""

import re
from pathlib import Path

_OPERATIONS = (Path(__file__).parent.parent / "docs" / "operations.md").read_text()


def documented(name: str) -> list[str]:
    """Return the statements of a block of the guide, which begins with a comment of that name."""
    block = re.search(rf"^-- {name}\n(.*?)^```", _OPERATIONS, re.M | re.S)
    assert block is not None, name
    return [line.partition(";")[0] for line in block[1].splitlines()]
