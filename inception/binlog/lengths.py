"""Length-encoded integers of the protocol and of the binary log."""


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """Read a length-encoded integer; return it and where it ends. Raises IndexError where it is cut off."""
    first = data[at]
    if first < 251:
        return first, at + 1
    size = {252: 2, 253: 3, 254: 8}.get(first)
    if size is None:
        raise IndexError("a length is cut off")
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size
