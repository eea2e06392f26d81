"""Rollback: decoding, storing, flashback and memory, in one run; a PASS or FAIL line for each figure promised.

    python -m benchmarks.rollback [--rows 200000] [--many 2000000] [--megabytes 150 | --full] [--only decoding,…]

Everything runs on private servers of this machine. What it is measured beside is left out, with a note, where it is
not there.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks import decoding, flashback, stored
from benchmarks.figures import Figure

_MEGABYTES, _MEGABYTES_FULL = 150, 1000


def main() -> int:
    """Run it; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--many", type=int, default=2_000_000)
    parser.add_argument("--megabytes", type=int, default=_MEGABYTES)
    parser.add_argument("--full", action="store_true", help=f"flashback over {_MEGABYTES_FULL} MB")
    parser.add_argument("--only", default="decoding,flashback,stored")
    given = parser.parse_args()
    parts = {
        "decoding": partial(decoding.measure, given.rows),
        "flashback": partial(flashback.measure, _MEGABYTES_FULL if given.full else given.megabytes),
        "stored": partial(stored.measure, given.rows, given.many),
    }
    failed = 0
    for name in given.only.split(","):
        figures: Iterator[Figure] = parts[name]()
        for figure in figures:
            print(figure, flush=True)
            failed += not figure.kept
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
