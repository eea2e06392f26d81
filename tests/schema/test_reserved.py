"""Each word of the list is reserved on every server that we have."""

from inception.schema.reserved import RESERVED
from tests.servers import DatabaseServer


def test_no_server_takes_a_reserved_word_as_a_name(target: DatabaseServer) -> None:
    with target.connect() as connection:
        taken = [word for word in sorted(RESERVED) if connection.prepare(f"CREATE TABLE t ({word} int)") is None]
    assert taken == []
