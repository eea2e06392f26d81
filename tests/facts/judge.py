"""The server as judge of what online_ddl foresees: the asserted clause is taken, the next better one is refused."""

from dataclasses import dataclass

from inception.errors import DefinitionError, ServerError
from inception.facts.online_ddl import Foreseen, Work, foresee
from inception.introspect import Observer
from inception.mysql import Connection
from inception.schema.alter import AlterTable
from inception.schema.define import define
from inception.schema.statements import read_ddl
from inception.world import Server, Stored

DATABASE = "foreseen"
_CHEAPEST_FIRST = ("INSTANT", "NOCOPY", "INPLACE")
_OTHER_WAY = frozenset({1845, 1846, 4092})  # refused, because of the algorithm or the lock that was asserted
_NEVER_REFUSED = ("engine=", "order by")  # MariaDB before 11.2 takes ALGORITHM=INSTANT with these, and copies


@dataclass(frozen=True)
class Judge:
    """A connection to a server, in a database of its own, and what an audit knows of that server."""

    connection: Connection
    server: Server

    @classmethod
    def of(cls, connection: Connection) -> "Judge":
        """Begin in an empty database. The tables of the cases may refer to `parent`."""
        observer = Observer(connection.address)
        judge = cls(connection, observer.server)
        observer.close()
        connection.query(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
        connection.query(f"USE {DATABASE}")
        connection.query("CREATE TABLE parent (id int primary key, k int, unique key (k))")
        return judge

    def _make(self, body: str) -> bool:
        """Make the table `t`, with one row where its columns have defaults; False where this server has no such one."""
        self.connection.query("DROP TABLE IF EXISTS t, t2")
        try:
            self.connection.query(f"CREATE TABLE t {body}")
        except ServerError:
            return False
        self._refusal("INSERT INTO t () VALUES ()")
        return True

    def _refusal(self, statement: str) -> ServerError | None:
        try:
            self.connection.query(statement)
        except ServerError as error:
            return error
        return None

    def _table_ids(self) -> list[object]:
        table = "INNODB_SYS_TABLES" if self.connection.version.mariadb else "INNODB_TABLES"
        where = " OR ".join(f"NAME LIKE '{DATABASE}/{name}'" for name in ("t", "t#%", "t2", "t2#%"))
        return list(self.connection.query(f"SELECT TABLE_ID FROM information_schema.{table} WHERE {where} ORDER BY 1"))

    def refuses(self, statement: str) -> int:
        """Run a statement and return the error's code, 0 where it is taken."""
        refusal = self._refusal(statement)
        return refusal.errno if refusal else 0

    def foreseen(self, actions: str, row_versions: int | None = None) -> Foreseen | None:
        """Return what is foreseen for `t` as it stands, None where the actions cannot be read for this server."""
        row = self.connection.query("SHOW CREATE TABLE t")[0]
        try:
            read = read_ddl(f"ALTER TABLE t {actions}", database=DATABASE, syntax=self.server.syntax)
        except DefinitionError:
            return None
        assert isinstance(read, AlterTable)
        return foresee(define(str(row[1]), database=DATABASE), read.actions, self.server, Stored(row_versions))

    def objections(self, body: str, actions: str, *, exact: bool = True, known: bool = True) -> list[str]:
        """Return where the server disagrees; nothing where it knows no such table or refuses the ALTER anyhow.

        `exact`: something better than what is foreseen must be refused. `known`: something must be foreseen.
        """
        if not self._make(body):
            return []
        said = self.foreseen(actions)
        plain = self._refusal(f"ALTER TABLE t {actions}")
        if plain is not None or said is None:
            return []
        if said.work is Work.UNKNOWN:
            return ["is not known"] if known else []
        found = self._not_so(body, actions, said) if said.assertable else []
        return found + (self._better(body, actions, said) if exact else [])

    def _not_so(self, body: str, actions: str, said: Foreseen) -> list[str]:
        self._make(body)
        before = self._table_ids()
        refusal = self._refusal(f"ALTER TABLE t {said.clause}, {actions}")
        if refusal is not None:
            return [f"{said.clause} is refused: {refusal}"]
        kept = {tuple(row) for row in before if isinstance(row, tuple)} & {
            tuple(row) for row in self._table_ids() if isinstance(row, tuple)
        }
        if before and (said.work is Work.REBUILD) == bool(kept) and "partition" not in actions:
            return [f"{said.work.value}, but the table is {'the same' if kept else 'another'}"]
        return []

    def _better(self, body: str, actions: str, said: Foreseen) -> list[str]:
        if self.connection.version.mariadb and (actions.startswith(_NEVER_REFUSED) or "partition" in actions):
            return []
        taken = []
        for clause in _better_clauses(said, mariadb=self.connection.version.mariadb):
            self._make(body)
            refusal = self._refusal(f"ALTER TABLE t {clause}, {actions}")
            if refusal is None:
                taken.append(f"{said.clause or said.algorithm} is foreseen, {clause} is taken")
            elif refusal.errno not in _OTHER_WAY and "partition" not in actions:
                taken.append(f"{clause}: {refusal}")
        return taken


def _better_clauses(said: Foreseen, *, mariadb: bool) -> list[str]:
    """Return the next better clauses than the foreseen one."""
    known = [each for each in _CHEAPEST_FIRST if mariadb or each != "NOCOPY"]
    cheaper = known[: known.index(said.algorithm)] if said.algorithm in known else known
    clauses = [f"ALGORITHM={each}" + ("" if each == "INSTANT" else ", LOCK=SHARED") for each in cheaper[-1:]]
    if not said.concurrent and said.algorithm != "COPY":
        clauses.append(f"ALGORITHM={said.algorithm}, LOCK=NONE")
    return clauses
