"""The corpus: the SQL of MariaDB's own tests, read by us and by a real server. `python -m tests.corpus`

Prints a line per kind of statement, and 1 comes back where a percentage is below its floor in floors.yaml:

    judged    the audit's word on syntax is the server's: a finding for each 1064, none for others; nothing raises
    read      of what the server can read, what our reader reads too (the rest is "understood only by the server")
    refused   of what the server cannot read, what our reader refuses by itself, as it must without a target
    modelled  definitions that the server carried out, of which the schema model says exactly what came of it

    --show judged [--kind SELECT]   also print what is missing to 100 %
    --part 20                       only every twentieth statement and script: no floor holds then
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import yaml

from inception.batch.shape import shape
from inception.introspect import Observer
from inception.lexer import SERVER_PRINTED
from tests.corpus.defining import Definer, Made
from tests.corpus.package import fetch, scripts
from tests.corpus.reading import NOT_OURS, Reading, read
from tests.fetch import Unavailable
from tests.servers import MariaDB, NotInstalled

_FLOORS = Path(__file__).with_name("floors.yaml")
_FEW = 20  # statements of a kind that carry no floor: one of them is too many percent
Shares = dict[str, tuple[int, int]]  # by measure: how many, of how many
Missing = tuple[str, str, str, str]  # measure, kind, why, text


def _counted(readings: Iterable[Reading]) -> Iterator[tuple[str, str, bool, str, str]]:
    """Yield measure, kind, whether it is as wanted, why not, and the text."""
    for each in readings:
        yield "judged", each.kind.name, each.as_the_server, each.failure or f"server: {each.errno}", each.text
        if each.kind in NOT_OURS or each.failure:
            continue
        if each.valid:
            yield "read", each.kind.name, not each.problem, each.problem, each.text
        else:
            yield "refused", each.kind.name, bool(each.problem), "taken", each.text


def _modelled(made: Iterable[Made]) -> Iterator[tuple[str, str, bool, str, str]]:
    for each in made:
        yield "modelled", each.kind.name, not each.problem, each.problem, each.text


def _measure(home: Path, part: int) -> Iterator[tuple[str, str, bool, str, str]]:
    texts = {shape(text, SERVER_PRINTED): text for script in scripts(home) for text in reversed(script)}
    with MariaDB() as server, server.start().database() as database:
        with closing(Observer(server.address)) as observer:
            yield from _counted(read(sorted(texts.values())[::part], observer, database))
            syntax = observer.server.syntax
        with server.connect() as connection:
            definer = Definer(connection, database, syntax)
            for script in list(scripts(home))[::part]:
                yield from _modelled(definer.script(script))


def _tally(counted: Iterable[tuple[str, str, bool, str, str]]) -> tuple[dict[str, Shares], list[Missing]]:
    shares: dict[str, Shares] = defaultdict(dict)
    missing: list[Missing] = []
    for measure, kind, wanted, why, text in counted:
        good, of = shares[kind].get(measure, (0, 0))
        shares[kind][measure] = (good + wanted, of + 1)
        if not wanted:
            missing.append((measure, kind, why, text))
    return dict(shares), missing


def _lines(shares: dict[str, Shares], floors: dict[str, dict[str, float]]) -> Iterator[tuple[bool, str]]:
    for kind, measured in sorted(shares.items(), key=lambda item: -item[1].get("judged", (0, 0))[1]):
        for measure, (good, of) in measured.items():
            percent = 100 * good / of
            floor = floors.get(measure, {}).get(kind)
            kept = floor is None or percent >= floor
            promised = f"at least {floor:.2f}" if floor is not None else ""
            verdict = ("PASS" if kept else "FAIL") if promised else "    "
            yield kept, f"{verdict}  {kind:16} {measure:9} {percent:7.2f} %  of {of:6}  {promised}"


def _new_floors(shares: dict[str, Shares]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for kind, measured in sorted(shares.items()):
        for measure, (good, of) in measured.items():
            if of >= _FEW:
                found[measure][kind] = int(10000 * good / of) / 100
    return dict(found)


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", default="", metavar="MEASURE")
    parser.add_argument("--kind", default="")
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("--update", action="store_true", help="write what is reached as the new floors")
    given = parser.parse_args()
    try:
        home = fetch()
        shares, missing = _tally(_measure(home, given.part))
    except (Unavailable, NotInstalled) as error:
        print(f"skipped: {error}")
        return 0
    floors = yaml.safe_load(_FLOORS.read_text()) if given.part == 1 else {}
    lines = list(_lines(shares, floors))
    print("\n".join(line for _, line in lines))
    for measure, kind, why, text in missing:
        if measure == given.show and given.kind in ("", kind):
            print(f"\n{kind}: {why[:300]}\n    {text[:300]}")
    if given.update:
        _FLOORS.write_text(yaml.safe_dump(_new_floors(shares)))
    return 0 if all(kept for kept, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
