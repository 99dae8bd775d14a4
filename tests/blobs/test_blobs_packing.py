"""Packing: what comes out is what went in, or a clear error; a bomb never unfolds."""

import hashlib
import tracemalloc
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from foureyes.blobs.errors import DamagedBlobError
from foureyes.blobs.packing import PackedBlob, pack, unpack


@given(st.binary(max_size=3000))
def test_what_is_unpacked_is_what_was_packed(content: bytes) -> None:
    blob = pack(content)
    assert (blob.digest, blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert unpack(blob) == content


def test_text_gets_smaller() -> None:
    assert len(pack(b"def function() -> None: ...\n" * 1000).content) < 500


@pytest.mark.parametrize("size", [0, 5, 7, 100, -1, 1 << 40])
def test_a_wrong_size_is_damage(size: int) -> None:
    with pytest.raises(DamagedBlobError, match="size"):
        unpack(replace(pack(b"sixsix"), size=size))


def test_other_bytes_of_the_same_size_are_damage() -> None:
    with pytest.raises(DamagedBlobError, match="digest"):
        unpack(replace(pack(b"sixsix"), content=pack(b"sevens").content))


@pytest.mark.parametrize(
    "content", [b"", b"plain text", pack(b"x" * 9000).content[:-9], b"\x28\xb5\x2f\xfd" + b"\xff" * 40]
)
def test_what_is_no_frame_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedBlobError):
        unpack(replace(pack(b"x" * 9000), content=content))


def test_a_bomb_is_not_unfolded() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(512 << 20))
    tracemalloc.start()
    with pytest.raises(DamagedBlobError):
        unpack(PackedBlob("0" * 64, 1000, bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 << 20


def test_a_frame_that_lies_about_its_size_allocates_nothing() -> None:
    # A header that promises 2^50 bytes in one segment, and then nothing.
    frame = b"\x28\xb5\x2f\xfd" + bytes([0b11100000]) + (1 << 50).to_bytes(8, "little")
    with pytest.raises(DamagedBlobError):
        unpack(PackedBlob("0" * 64, 1000, frame))


def test_the_error_names_the_blob_and_what_to_do() -> None:
    error = DamagedBlobError("abcdef0123456789", "its size is wrong")
    assert str(error).startswith("Blob abcdef012345 is damaged (its size is wrong)")
    assert (error.status, error.error_code) == (500, "damaged-blob")
