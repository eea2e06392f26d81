"""The Python drivers for asyncio, as clients of ours: `asyncio_drivers.py <module> <port>`, see matrix.py."""

import asyncio
import importlib
import json
import os
import sys
from importlib import metadata
from typing import Any


async def connect(module: Any, port: int) -> Any:
    return await module.connect(
        host="127.0.0.1", port=port, user=os.environ["CLIENT_USER"], password=os.environ["CLIENT_PASSWORD"],
    )  # fmt: skip


async def rows(cursor: Any, text: str, *values: object) -> list[list[Any]]:
    await cursor.execute(text, *values)
    return [list(row) for row in await cursor.fetchall()]


async def close(connection: Any) -> None:
    await (connection.ensure_closed() if hasattr(connection, "ensure_closed") else connection.close())


async def main(name: str, port: int) -> None:
    module: Any = importlib.import_module(name)
    errors: Any = importlib.import_module(f"{name}.errors" if name == "asyncmy" else "pymysql.err")
    first = await connect(module, port)
    found: dict[str, Any] = {"version": metadata.version(name)}
    async with first.cursor() as cursor:
        found["batch"] = await rows(cursor, os.environ["CLIENT_BATCH"])
        found["columns"] = [each[0] for each in cursor.description]
        found["command"] = await rows(cursor, "inception get variables 'port'")
        found["bound"] = await rows(cursor, "inception get variables %s", ("port",))
        try:
            await rows(cursor, "select nothing from nowhere")
        except errors.MySQLError as error:
            found["error"] = error.args[0]
    await first.ping()
    await close(first)
    second = await connect(module, port)
    async with second.cursor() as cursor:
        found["again"] = await rows(cursor, "select 1")
    await close(second)
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
