"""The Python drivers with the interface of PEP 249, as clients of ours: `dbapi.py <module> <port>`, see matrix.py."""

import importlib
import json
import os
import sys
from importlib import metadata
from typing import Any


def connect(module: Any, port: int) -> Any:
    return module.connect(
        host="127.0.0.1", port=port, user=os.environ["CLIENT_USER"], password=os.environ["CLIENT_PASSWORD"]
    )


def rows(cursor: Any, text: str, *values: object) -> list[list[Any]]:
    cursor.execute(text, *values)
    return [list(row) for row in cursor.fetchall()]


def error_of(module: Any, cursor: Any, text: str) -> int:
    try:
        rows(cursor, text)
    except module.Error as error:
        return int(error.errno if hasattr(error, "errno") else error.args[0])
    return 0


def main(name: str, port: int) -> None:
    module: Any = importlib.import_module(name)
    first = connect(module, port)
    cursor = first.cursor()
    distribution = metadata.packages_distributions()[name.split(".")[0]][0]
    found: dict[str, Any] = {"version": metadata.version(distribution)}
    found["batch"] = rows(cursor, os.environ["CLIENT_BATCH"])
    found["columns"] = [each[0] for each in cursor.description]
    found["command"] = rows(cursor, "inception get variables 'port'")
    if name == "mysql.connector":
        cursor.close()
        cursor = first.cursor(prepared=True)
    mark = "?" if name == "mariadb" else "%s"
    found["bound"] = rows(cursor, f"inception get variables {mark}", ("port",))
    cursor.close()
    cursor = first.cursor()
    found["error"] = error_of(module, cursor, "select nothing from nowhere")
    first.ping()
    cursor.close()
    first.close()
    second = connect(module, port)
    cursor = second.cursor()
    found["again"] = rows(cursor, "select 1")
    cursor.close()
    second.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
