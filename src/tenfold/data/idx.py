"""The idx format of MNIST and its relatives, gzipped or not; broken files are told from sound ones."""

import bz2
import zlib

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError

# The format's type codes that occur in the catalogue: bytes, and big-endian int32 for QMNIST's labels.
_TYPES: dict[int, np.dtype[np.integer]] = {0x08: np.dtype(np.uint8), 0x0C: np.dtype(">i4")}
GZIP = b"\x1f\x8b"

MOST_BYTES = 1 << 30
"""A file that unpacks to more is not unpacked: EMNIST's images, the largest there are, take half of it."""


def gunzip(content: bytes, where: str) -> bytes:
    """The content of a gzip file. where names it in errors. Raises TenfoldError where it is not whole."""
    if content[:2] != GZIP:
        raise TenfoldError(f"{where}: not a gzip file")
    # The trailer says the size: a file that holds more was cut off, or lies, and is not unpacked further to see which.
    size = min(int.from_bytes(content[-4:], "little"), MOST_BYTES)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(content, size + 1)
    except zlib.error as error:
        raise TenfoldError(f"{where}: corrupt gzip file") from error
    if not unpacker.eof or len(found) > size:
        raise TenfoldError(
            f"{where}: truncated gzip file, or one of more than it says, or than {MOST_BYTES >> 20} MiB unpacked"
        )
    return found


def bunzip2(content: bytes, where: str) -> bytes:
    """The content of a bzip2 file. where names it in errors. Raises TenfoldError where it is not whole."""
    try:
        return bz2.decompress(content)
    except (OSError, ValueError) as error:
        kind = "truncated" if isinstance(error, ValueError) else "corrupt"
        raise TenfoldError(f"{where}: {kind} bzip2 file") from error


def read_idx(content: bytes, where: str) -> NDArray[np.integer]:
    """The array in an idx file's content, gzipped or not: a writable copy, uint8 or int32, of any shape.

    where names the file in errors. Raises TenfoldError for a bad magic number, and for too few or too many
    bytes.
    """
    if content[:2] == GZIP:
        content = gunzip(content, where)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _TYPES or content[3] == 0:
        raise TenfoldError(f"{where}: not an idx file (bad magic number 0x{content[:4].hex()})")
    dtype, dimensions = _TYPES[content[2]], content[3]
    header = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, header, 4))
    expected = header + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise TenfoldError(f"{where}: {len(content)} bytes where its header says {expected}: truncated or corrupt")
    try:
        array = np.frombuffer(content, dtype, offset=header).reshape(shape)
    except ValueError:  # of no numbers, or of too many dimensions
        raise TenfoldError(f"{where}: its header claims a shape that no array has: corrupt") from None
    return array.astype(dtype.newbyteorder("="))
