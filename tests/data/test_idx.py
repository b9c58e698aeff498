import bz2
import gzip

import numpy as np
import pytest
from tests.data.samples import idx_bytes

from tenfold.data import idx
from tenfold.data.idx import bunzip2, gunzip, read_idx
from tenfold.errors import TenfoldError

ARRAY = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("array", [ARRAY, np.array([[1, -2], [3, 400_000]], np.int32)], ids=["uint8", "int32"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_array_comes_back_from_its_idx_file(array, pack) -> None:
    read = read_idx(pack(idx_bytes(array)), "x")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype


def test_the_array_can_be_written_to() -> None:
    assert read_idx(idx_bytes(ARRAY), "x").flags.writeable


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "magic number"),
        (b"PK\x03\x04" + bytes(40), "magic number 0x504b0304"),
        (idx_bytes(ARRAY)[:-1], "truncated"),
        (idx_bytes(ARRAY)[:6], "truncated"),
        (idx_bytes(ARRAY) + b"\0", "corrupt"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "truncated"),
        (gzip.compress(idx_bytes(ARRAY), mtime=0)[:-9], "truncated gzip"),
        (gzip.compress(idx_bytes(ARRAY), mtime=0)[:10] + b"\xff" * 30, "corrupt gzip"),
    ],
    ids=["empty", "zip", "short", "header", "long", "huge", "cut gzip", "damaged gzip"],
)
def test_a_broken_file_is_one_line_that_names_it(content: bytes, said: str) -> None:
    with pytest.raises(TenfoldError, match=f"^labels.gz: .*{said}") as error:
        read_idx(content, "labels.gz")
    assert "\n" not in str(error.value)


def test_a_changed_byte_in_a_gzip_file_is_noticed() -> None:
    content = bytearray(gzip.compress(bytes(1000), compresslevel=0))
    content[500] ^= 1
    with pytest.raises(TenfoldError, match="corrupt gzip"):
        gunzip(bytes(content), "x")


def test_what_is_not_gzip_is_said_to_be_not_gzip() -> None:
    with pytest.raises(TenfoldError, match="not a gzip file"):
        gunzip(b"<html>", "x")


def test_bzip2_comes_back_and_a_broken_one_is_one_line() -> None:
    packed = bz2.compress(b"abc")
    assert bunzip2(packed, "x") == b"abc"
    with pytest.raises(TenfoldError, match="truncated bzip2"):
        bunzip2(packed[:-4], "x")
    with pytest.raises(TenfoldError, match="corrupt bzip2"):
        bunzip2(b"no", "x")


def test_no_more_than_a_gibibyte_is_unpacked(monkeypatch) -> None:
    assert idx.MOST_BYTES == 2**30
    content = gzip.compress(bytes(1000), mtime=0)
    monkeypatch.setattr(idx, "MOST_BYTES", 1000)
    assert gunzip(content, "x") == bytes(1000)
    monkeypatch.setattr(idx, "MOST_BYTES", 999)
    with pytest.raises(
        TenfoldError, match="x: truncated gzip file, or one of more than it says, or than 0 MiB unpacked"
    ):
        gunzip(content, "x")


def test_a_file_that_holds_more_than_its_trailer_says_is_refused() -> None:
    content = bytearray(gzip.compress(bytes(1000), mtime=0))
    content[-4:] = (999).to_bytes(4, "little")
    with pytest.raises(TenfoldError, match="gzip file"):
        gunzip(bytes(content), "x")


@pytest.mark.parametrize("shape", [(5,), (0, 28, 28), (2, 2, 2, 2)])
def test_an_array_may_have_any_shape(shape) -> None:
    array = np.ones(shape, np.uint8)
    assert read_idx(idx_bytes(array), "x").shape == shape


@pytest.mark.parametrize("content", [b"\0\0\x08\0", b"\0\0\x09\x01\0\0\0\0", b"\0\1\x08\x01\0\0\0\0", b"\0\0\x08"])
def test_what_does_not_begin_as_an_idx_file_is_none(content) -> None:
    with pytest.raises(TenfoldError, match=f"x: not an idx file .bad magic number 0x{content[:4].hex()}."):
        read_idx(content, "x")
