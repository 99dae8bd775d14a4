"""Blobs in the store: kept once, apart for each workspace, and removed when nothing has used them for long."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.blobs import repository, service
from foureyes.blobs.errors import DamagedBlobError
from foureyes.blobs.packing import pack
from foureyes.errors import NotFoundError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind, ReviewStatus, Trigger

LONG_AGO = timedelta(days=100)
OLD = timedelta(days=90)


@pytest.fixture
async def workspace_id(database: Database) -> UUID:
    return await database.write(add_workspace)


def add_workspace(session: Session) -> UUID:
    made = new_id()
    session.execute(insert(models.Workspace).values(id=made, name="w", personal=True, created_at=clock.now()))
    return made


def add_review(session: Session, workspace_id: UUID, **columns: Any) -> None:
    now = clock.now() - LONG_AGO
    given = {"kind": ReviewKind.REVIEW, "trigger": Trigger.REST, "status": ReviewStatus.PENDING, "request": {}}
    session.add(
        models.Review(id=new_id(), workspace_id=workspace_id, created_at=now, changed_at=now, **given | columns)
    )


def store(session: Session, workspace_id: UUID, *contents: bytes, age: timedelta = timedelta()) -> list[str]:
    blobs = [pack(content) for content in contents]
    repository.put_many(session, workspace_id, blobs, at=clock.now() - age)
    return [blob.digest for blob in blobs]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(models.Blob)) or 0


async def test_what_is_stored_is_read(database: Database, workspace_id: UUID) -> None:
    small, large = b"print()\n", bytes(range(256)) * 1000
    blobs = [await service.packed(small), await service.packed(large)]
    await database.write(service.store_blobs, workspace_id, blobs)
    assert await database.read(service.read_blob, workspace_id, blobs[0].digest) == small
    found = await database.read(service.find_blobs, workspace_id, [blob.digest for blob in blobs])
    assert [await service.unpacked(found[blob.digest]) for blob in blobs] == [small, large]


async def test_the_same_bytes_are_kept_once_and_count_as_used(database: Database, workspace_id: UUID) -> None:
    [digest] = await database.write(store, workspace_id, b"same", age=LONG_AGO)
    await database.write(store, workspace_id, b"same", b"same")
    assert await database.read(count) == 1
    used = await database.read(lambda session: session.scalar(select(models.Blob.used_at)))
    assert used is not None
    assert used > clock.now() - OLD
    assert await database.read(service.read_blob, workspace_id, digest) == b"same"


async def test_nothing_to_store_is_no_error(database: Database, workspace_id: UUID) -> None:
    await database.write(service.store_blobs, workspace_id, [])
    assert await database.read(count) == 0


async def test_a_workspace_never_sees_what_another_has_stored(database: Database, workspace_id: UUID) -> None:
    [digest] = await database.write(store, workspace_id, b"secret")
    other = await database.write(add_workspace)
    with pytest.raises(NotFoundError):
        await database.read(service.read_blob, other, digest)
    assert await database.write(service.touch_blobs, other, [digest]) == {digest}


async def test_two_that_store_the_same_blobs_in_two_orders_do_not_wait_for_ever(
    database: Database, workspace_id: UUID
) -> None:
    contents = [f"content {number}".encode() for number in range(60)]
    await asyncio.gather(
        *(database.write(store, workspace_id, *contents[::step]) for step in (1, -1, 1, -1, 1, -1, 1, -1))
    )
    assert await database.read(count) == 60


async def test_damage_on_the_disk_is_noticed(database: Database, workspace_id: UUID) -> None:
    [digest] = await database.write(store, workspace_id, b"as it was")
    await database.write(
        lambda session: session.execute(update(models.Blob).values(content=pack(b"as it is!").content))
    )
    with pytest.raises(DamagedBlobError):
        await database.read(service.read_blob, workspace_id, digest)


async def test_touching_keeps_a_blob_and_tells_which_are_gone(database: Database, workspace_id: UUID) -> None:
    digests = await database.write(store, workspace_id, b"one", b"two", age=LONG_AGO)
    assert await database.write(service.touch_blobs, workspace_id, [digests[0], "f" * 64]) == {"f" * 64}
    assert await service.sweep(database, older_than=clock.now() - OLD) == 1
    assert await database.read(service.read_blob, workspace_id, digests[0]) == b"one"


async def test_a_sweep_removes_all_that_is_old_and_nothing_else(database: Database, workspace_id: UUID) -> None:
    for start in range(0, 450, 150):
        contents = [f"old {start + number}".encode() for number in range(150)]
        await database.write(store, workspace_id, *contents, age=LONG_AGO)
    await database.write(store, workspace_id, b"new", age=OLD - timedelta(hours=1))
    assert await service.sweep(database, older_than=clock.now() - OLD) == 450
    assert await database.read(count) == 1


async def test_a_sweep_keeps_what_an_open_review_names(database: Database, workspace_id: UUID) -> None:
    digests = await database.write(store, workspace_id, b"named", b"result", b"of one that ended", age=LONG_AGO)
    request = {"source": {"type": "files", "files": [{"path": "a.py", "digest": digests[0]}]}}
    ended = {"source": {"type": "patch", "digest": digests[2]}}
    await database.write(add_review, workspace_id, request=request, status=ReviewStatus.DEFERRED)
    await database.write(add_review, workspace_id, result_digest=digests[1], status=ReviewStatus.PROCESSING)
    await database.write(add_review, workspace_id, request=ended, status=ReviewStatus.COMPLETED)
    # Even with a time that has not come: the sweep must end.
    assert await service.sweep(database, older_than=clock.now() + OLD) == 1
    found = await database.read(service.find_blobs, workspace_id, digests)
    assert set(found) == set(digests[:2])


async def test_an_open_review_of_another_workspace_keeps_nothing(database: Database, workspace_id: UUID) -> None:
    [digest] = await database.write(store, workspace_id, b"mine", age=LONG_AGO)
    other = await database.write(add_workspace)
    await database.write(add_review, other, request={"source": {"type": "patch", "digest": digest}})
    assert await service.sweep(database, older_than=clock.now() - OLD) == 1


async def test_what_is_named_between_reading_and_removing_stays(database: Database, workspace_id: UUID) -> None:
    [digest] = await database.write(store, workspace_id, b"late", age=LONG_AGO)
    before = clock.now() - OLD
    batch = await database.read(service._batch, before)
    assert batch == ([(workspace_id, digest)], [])
    await database.write(service.touch_blobs, workspace_id, [digest])
    assert await database.write(service._remove, *batch, before) == 0
    assert await database.read(count) == 1
