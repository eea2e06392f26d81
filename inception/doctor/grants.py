"""What SHOW GRANTS says, as values. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# ON shop.*, ON `shop`.`t`, ON *.*; routines and proxies grant nothing that tables need.
_GRANT = re.compile(
    r"GRANT (?P<privileges>.+?) ON (?:TABLE )?(?P<place>(?:`(?:[^`]|``)*`|\*)\.(?:`(?:[^`]|``)*`|\*)) TO "
)
_ITEM = re.compile(r"([A-Z][A-Z_ ]*[A-Z])(\s*\([^)]*\))?")
EVERYWHERE = "*.*"
# MariaDB 10.5 renamed these, and takes both names (its manual: GRANT, Global Privileges).
_SAME = {"BINLOG MONITOR": "REPLICATION CLIENT", "REPLICA MONITOR": "SLAVE MONITOR"}


@dataclass(frozen=True)
class Grants:
    """The places, as `*.*` or `` `shop`.* ``, where each privilege is held. Column privileges count nowhere."""

    places: frozenset[tuple[str, str]]

    @classmethod
    def parse(cls, lines: Iterable[str]) -> "Grants":
        """Read the rows of SHOW GRANTS; those of other kinds (roles, PROXY, routines, REVOKE) are passed over."""
        found: set[tuple[str, str]] = set()
        for line in lines:
            if grant := _GRANT.match(line):
                for name, columns in _ITEM.findall(grant["privileges"]):
                    if not columns:
                        found.add((_SAME.get(name, name), grant["place"]))
        return cls(frozenset(found))

    def where(self, privilege: str) -> tuple[str, ...]:
        """Return the places where a privilege is held, by itself or in ALL PRIVILEGES; `*.*` alone where everywhere."""
        wanted = {_SAME.get(privilege, privilege), "ALL PRIVILEGES", "ALL"}
        places = sorted({place for name, place in self.places if name in wanted})
        return (EVERYWHERE,) if EVERYWHERE in places else tuple(places)

    def missing(self, *privileges: str) -> tuple[str, ...]:
        """Return those of some privileges that are held nowhere."""
        return tuple(each for each in privileges if not self.where(each))
