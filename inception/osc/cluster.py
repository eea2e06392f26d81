"""The other nodes of a Galera cluster: have they made the triggers of an online schema change, too?

A node that can't make a trigger goes on without it (wsrep_ignore_apply_errors, on by default): what is written there
would not come into the new table, and nobody would say so. Seen with MariaDB 10.11.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from inception.errors import ServerError
from inception.mysql import Connection, connect
from inception.osc.clean import trigger_names
from inception.osc.command import is_galera
from inception.osc.output import Output
from inception.schema.model import TableName
from inception.server import Address
from inception.sql import quote_text
from inception.world import Server

log = logging.getLogger(__name__)


class Nodes:
    """The nodes, looked at once: when the tool has said that its triggers are made."""

    def __init__(self, address: Address, server: Server, table: TableName) -> None:
        self._address, self._table = address, table
        self._open = is_galera(server)

    def problem(self, output: Output) -> str:
        """Return why the change must not go on, '' where nothing is against it. Never raises."""
        if not self._open or not any(line.endswith("Created triggers OK.") for line in output.lines):
            return ""
        self._open = False
        lacking = ", ".join(self._lacking())
        return (
            f"{lacking} did not make its triggers: rows written there would be lost, so it is ended." if lacking else ""
        )

    def _lacking(self) -> Iterator[str]:
        try:
            with connect(self._address) as connection:
                nodes = list(_nodes(connection, self._address))
        except ServerError as error:
            log.warning("the nodes of the cluster of %s can't be asked for: %s", self._address, error)
            return
        for node in nodes:
            try:
                with connect(node, connect_timeout=5, read_timeout=30) as connection:
                    if _triggers(connection, self._table) < len(trigger_names(self._table)):
                        yield f"Node {node.host}:{node.port}"
            except ServerError as error:
                log.warning("whether %s:%s has the triggers is not known: %s", node.host, node.port, error)


def _nodes(connection: Connection, address: Address) -> Iterator[Address]:
    """Yield the nodes that are named: by their own addresses, or by those with which the cluster was joined."""
    shown = connection.query("SHOW STATUS LIKE 'wsrep_incoming_addresses'")
    own = [each for each in str(shown[0][1]).split(",") if ":" in each] if shown else []
    joined = str(connection.value("SELECT @@wsrep_cluster_address")).partition("//")[2].partition("?")[0]
    hosts = [f"{each.partition(':')[0]}:{address.port}" for each in joined.split(",") if each]
    for each in dict.fromkeys(own or hosts):
        host, _, port = each.rpartition(":")
        if port.isdigit() and int(port):
            yield replace(address, host=host, port=int(port))


def _triggers(connection: Connection, table: TableName) -> int:
    """Return how many of the tool's triggers a node has, once it has done all that the others had."""
    connection.query("SET SESSION wsrep_sync_wait = 15")
    names = ", ".join(map(quote_text, trigger_names(table)))
    where = f"EVENT_OBJECT_SCHEMA = {quote_text(table.database)} AND EVENT_OBJECT_TABLE = {quote_text(table.name)}"
    asked = f"SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE {where} AND TRIGGER_NAME IN ({names})"
    return int(str(connection.value(asked)))
