"""The command lines as clients of ours: `command_line.py <port> <program…>`, see matrix.py."""

import json
import os
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

NUMBERS = {"ID", "errlevel", "Affected_rows", "1"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Client:
    def __init__(self, port: str, program: list[str]) -> None:
        self.argv = [*program, "--no-defaults", "-h127.0.0.1", f"-P{port}", f"-u{os.environ['CLIENT_USER']}"]
        self.argv += ["--default-character-set=utf8mb4", "-c", "-X"]

    def run(self, text: str, *options: str, fails: bool = False) -> str:
        secret = {"MYSQL_PWD": os.environ["CLIENT_PASSWORD"]}
        done = subprocess.run([*self.argv, *options], input=text, capture_output=True, text=True,
                              env={**os.environ, **secret}, check=False)  # fmt: skip
        if (done.returncode != 0) is not fails:
            sys.exit(done.stderr)
        return done.stderr if fails else done.stdout

    def rows(self, text: str, *options: str) -> tuple[list[str], list[list[object]]]:
        document = ElementTree.fromstring(self.run(text, *options))
        rows = [[(field.get("name") or "", _cell(field)) for field in row] for row in document]
        return [name for name, _ in rows[0]], [[cell for _, cell in row] for row in rows]


def _cell(field: ElementTree.Element) -> object:
    if field.get(NIL) == "true":
        return None
    text = field.text or ""
    return int(text) if field.get("name") in NUMBERS else text


def _created(row: list[object]) -> str:
    """Return a statement without what the client itself changes: `use`, and comments that stand alone."""
    return str(row[5]).partition("create table")[2]


def main(port: str, program: list[str]) -> None:
    client = Client(port, program)
    version = subprocess.check_output([*program, "--version"], text=True)
    found: dict[str, Any] = {"version": version.split("Ver ")[-1].split(",")[0].split(" for ")[0].strip()}
    text = os.environ["CLIENT_BATCH"]
    found["columns"], found["batch"] = client.rows(f"delimiter $$\n{text}$$\n")
    if [_created(row) for row in client.rows(text)[1]] != [_created(row) for row in found["batch"]]:
        sys.exit("statement by statement the batch is another")
    found["command"] = found["bound"] = client.rows("", "-e", "inception get variables 'port';")[1]
    found["error"] = int(client.run("select nothing from nowhere;", fails=True).split("ERROR ")[1].split()[0])
    found["again"] = client.rows("select 1;")[1]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
