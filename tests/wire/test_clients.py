"""Every client of the matrix against the gateway, those that this machine has; and the table of them in the docs."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inception.report import FIELDS
from inception.wire.native import hash_native
from inception.wire.sha2 import hash_sha2
from tests import secrets
from tests.servers import Gateway, MariaDB
from tests.wire.clients.matrix import CLIENTS, Absent, Client, run

USER, PASSWORD = "tester", secrets.awkward('it\'s a; "p@ss"')
REQUIRED = {name.strip() for name in os.environ.get("REQUIRE", "").split(",") if name.strip()}
WRITE = bool(os.environ.get("CLIENTS_TABLE"))
PAGE = Path(__file__).resolve().parents[2] / "docs/protocol.md"
ROW = "| {} | {} | {} |\n"
_tested: dict[str, str] = {}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    directory = tmp_path_factory.mktemp("clients")
    path: Path = directory / "inception.yaml"
    hashes = {"password_hash": hash_native(PASSWORD), "password_sha2": hash_sha2(PASSWORD), "role": "audit"}
    path.write_text(json.dumps({"state_directory": str(directory), "users": {USER: hashes}}))  # JSON is YAML
    with Gateway(config=path) as running:
        yield running.start()


def batch(mariadb: MariaDB, database: str) -> str:
    return f"""/*--host=127.0.0.1;--port={mariadb.port};--user={secrets.ACCOUNT};--password={secrets.PASSWORD};--check;*/
inception_magic_start;
use {database};
-- a; comment
create table t (id int unsigned not null primary key comment 'ä;') comment '中😀';
inception_magic_commit;
"""


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_client(client: Client, gateway: Gateway, mariadb: MariaDB, database: str) -> None:
    command = client.find()
    if isinstance(command, Absent):
        (pytest.fail if client.runtime in REQUIRED else pytest.skip)(command.reason)
    done = run(command, gateway.port, batch(mariadb, database), USER, PASSWORD)
    assert done.returncode == 0, done.stderr + done.stdout
    found = json.loads(done.stdout)
    assert found["columns"] == [field.name for field in FIELDS]
    for number, row in enumerate(found["batch"], 1):
        assert row[0] == number
        assert [type(cell) for cell in row] == [
            int, str, int, str, type(row[4]), str, int, str, type(row[8]), str, str
        ]  # fmt: skip
        assert row[4] is None or isinstance(row[4], str)
    assert [row[5] for row in found["batch"]][-1].endswith(
        "create table t (id int unsigned not null primary key comment 'ä;') comment '中😀'"
    )
    assert len(found["batch"]) == 2
    assert found["command"] == found["bound"] == [["port", str(gateway.port)]]
    assert found["error"] == 2576
    assert found["again"] == [[1]]
    _tested[client.name] = found["version"]


def test_required_runtimes_are_of_the_matrix() -> None:
    assert {client.runtime for client in CLIENTS} >= REQUIRED


def test_the_docs_list_every_client() -> None:
    """The table says which version was tested last; CLIENTS_TABLE=1 writes it anew."""
    text = PAGE.read_text()
    before = {
        name.strip(): version.strip() for name, version, _ in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text, re.M)
    }
    rows = "".join(
        ROW.format(each.name, _tested.get(each.name, before.get(each.name, "not yet")), each.runtime)
        for each in CLIENTS
    )
    head = ROW.format("client", "tested with", "REQUIRE=") + "| --- | --- | --- |\n"
    table = f"<!-- clients -->\n\n{head}{rows}\n<!-- end of clients -->"
    new = re.sub(r"<!-- clients -->.*<!-- end of clients -->", lambda _: table, text, flags=re.DOTALL)
    if WRITE:
        PAGE.write_text(new)
    listed = re.findall(r"^\| (.+?) \| .+? \| (\w+) \|$", text.partition("<!-- end of clients -->")[0], re.M)
    assert WRITE or listed == [(each.name, each.runtime) for each in CLIENTS]
