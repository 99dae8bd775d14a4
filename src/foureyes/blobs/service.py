"""Storing and reading blobs, and removing those that nothing has used for long."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.blobs import repository
from foureyes.blobs.packing import PackedBlob, pack, unpack
from foureyes.blobs.repository import Key
from foureyes.errors import NotFoundError
from foureyes.kit import clock
from foureyes.kit.database.port import Database

# zstd takes about a millisecond for half a megabyte, and a thread a tenth of one.
_LARGE = 64 << 10
_BATCH = 200


async def packed(content: bytes) -> PackedBlob:
    """`content` packed; a large one in a thread. Done before the transaction, which it would only make longer."""
    return pack(content) if len(content) < _LARGE else await asyncio.to_thread(pack, content)


async def unpacked(blob: PackedBlob) -> bytes:
    """The bytes that were packed.

    Raises:
        DamagedBlobError: what is stored is not what the digest says.
    """
    return unpack(blob) if blob.size < _LARGE else await asyncio.to_thread(unpack, blob)


def store_blobs(session: Session, workspace_id: UUID, blobs: Iterable[PackedBlob]) -> None:
    """Keep blobs of one workspace. Whoever names a blob in a review stores or touches it in the same transaction."""
    repository.put_many(session, workspace_id, blobs, at=clock.now())


def read_blob(session: Session, workspace_id: UUID, digest: str) -> bytes:
    """The bytes of one blob, unpacked where it is called: for many or large ones see `find_blobs` and `unpacked`.

    Raises:
        NotFoundError: the workspace has no such blob.
        DamagedBlobError: what is stored is not what the digest says.
    """
    blob = repository.get(session, workspace_id, digest)
    if blob is None:
        raise NotFoundError("blob")
    return unpack(blob)


find_blobs = repository.get_many


def touch_blobs(session: Session, workspace_id: UUID, digests: Iterable[str]) -> set[str]:
    """Count blobs as used now, for a review that names them once more; those of `digests` that are there no more."""
    wanted = set(digests)
    return wanted - repository.touch(session, workspace_id, sorted(wanted), at=clock.now())


async def sweep(database: Database, *, older_than: datetime) -> int:
    """Remove what nothing has used since `older_than`, a few at a time; how many. What open reviews name stays."""
    removed = 0
    # What is touched below must be newer than this, or the last batch would never come.
    before = min(older_than, clock.now())
    while batch := await database.read(_batch, before):
        unneeded, needed = batch
        removed += await database.write(_remove, unneeded, needed, before)
    return removed


def _batch(session: Session, before: datetime) -> tuple[list[Key], list[Key]] | None:
    """The next blobs that were not used: those that can go, and those that open reviews name."""
    keys = repository.unused(session, before=before, limit=_BATCH)
    if not keys:
        return None
    named = repository.named_by_open_reviews(session, {workspace_id for workspace_id, _ in keys})
    return [key for key in keys if key not in named], [key for key in keys if key in named]


def _remove(session: Session, unneeded: list[Key], needed: list[Key], before: datetime) -> int:
    # Counted as used, so that the next batch does not begin with them again.
    repository.touch_keys(session, needed, at=clock.now())
    # Whoever has named one since it was read has touched it, and so keeps it.
    return repository.remove(session, unneeded, before=before)
