"""Bytes and their packed form: zstd, with the digest and size of what was packed."""

import hashlib
from dataclasses import dataclass

import zstandard

from foureyes.blobs.errors import DamagedBlobError

# Larger ones are not accepted anywhere: one that says it is was not written by us.
_LARGEST = 256 << 20
_WINDOW = 32 << 20


@dataclass(frozen=True, slots=True)
class PackedBlob:
    """`digest` is the SHA-256 (hexadecimal) and `size` the length of the bytes that `content` is packed from."""

    digest: str
    size: int
    content: bytes


def pack(content: bytes) -> PackedBlob:
    return PackedBlob(hashlib.sha256(content).hexdigest(), len(content), zstandard.ZstdCompressor().compress(content))


def unpack(blob: PackedBlob) -> bytes:
    """The bytes that were packed.

    Raises:
        DamagedBlobError: they are others. No more than `size` and one are unpacked, whatever the frame says of itself.
    """
    if not 0 <= blob.size <= _LARGEST:
        raise DamagedBlobError(blob.digest, f"{blob.size} bytes are not a size")
    # Read as a stream: decompress() would first allocate what the frame's own header asks for.
    decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    try:
        with decompressor.stream_reader(blob.content) as stream:
            content = stream.read(blob.size + 1)
    except zstandard.ZstdError as exc:
        raise DamagedBlobError(blob.digest, str(exc)) from exc
    if len(content) != blob.size:
        raise DamagedBlobError(blob.digest, "its size is wrong")
    if hashlib.sha256(content).hexdigest() != blob.digest:
        raise DamagedBlobError(blob.digest, "its digest is wrong")
    return content
