"""MariaDB's compressed events (log_bin_compress) and COMPRESSED columns → their plain bytes: pure."""

import zlib

from inception.errors import BinlogError


def inflate(data: bytes, start: int, end: int) -> bytes:
    """Return what MariaDB's log_bin_compress made of `data[start:end]`: a byte of algorithm and size, size, zlib.

    Raises BinlogError where it is of another algorithm or not of the size it says.
    """
    head = data[start]
    first = start + 1 + (head & 0x07)
    size = int.from_bytes(data[start + 1 : first], "big")
    if head & 0xF0 != 0x80:
        raise BinlogError("The binary log has an event compressed in a way that is not known.")
    return _inflated(memoryview(data)[first:end], size)


def inflate_column(raw: bytes) -> bytes:
    """Return the plain value of a COMPRESSED column: a byte of algorithm and size, size, deflated bytes.

    A first byte of 0 stands before a value that is not compressed; no bytes are the empty value. Raises BinlogError
    where the value is damaged or of another algorithm. See sql/field_comp.cc in MariaDB's source.
    """
    if not raw:
        return raw
    head = raw[0]
    if head == 0:
        return raw[1:]
    first = 1 + (head & 0x07)
    if head & 0xF0 != 0x80:
        raise BinlogError("A COMPRESSED column has a value compressed in a way that is not known.")
    window = -zlib.MAX_WBITS if head & 0x08 else zlib.MAX_WBITS
    return _inflated(raw[first:], int.from_bytes(raw[1:first], "big"), window)


def _inflated(data: bytes | memoryview, size: int, window: int = zlib.MAX_WBITS) -> bytes:
    reader = zlib.decompressobj(window)
    try:
        plain = reader.decompress(data, size + 1)
    except zlib.error as error:
        raise BinlogError(f"The binary log has damaged compressed data: {error}.") from None
    if len(plain) != size or not reader.eof:
        raise BinlogError("The binary log has damaged compressed data: its size is wrong.")
    return plain
