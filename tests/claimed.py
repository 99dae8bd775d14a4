"""A workspace with one review that is claimed: what runs and usage are tested on."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from foureyes.blobs.packing import PackedBlob, pack
from foureyes.blobs.service import store_blobs
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewKind, ReviewStatus, Trigger
from foureyes.models.workspaces import Workspace
from foureyes.reviews.request import FilesSource, PatchSource, ReviewRequest, Source, StoredFile
from foureyes.runs.port import Claimed


def sent(**files: str) -> tuple[FilesSource, list[PackedBlob]]:
    """Files as someone sends them, and the blobs they are stored as. `a__py` is `a.py`."""
    blobs = {path.replace("__", "."): pack(text.encode()) for path, text in files.items()}
    named = tuple(StoredFile(path=path, digest=blob.digest) for path, blob in blobs.items())
    return FilesSource(files=named), list(blobs.values())


def sent_patch(patch: bytes, **files: str) -> tuple[PatchSource, list[PackedBlob]]:
    source, blobs = sent(**files)
    stored = pack(patch)
    return PatchSource(digest=stored.digest, files=source.files), [*blobs, stored]


async def claimed(
    database: Database,
    source: Source | None = None,
    blobs: list[PackedBlob] | None = None,
    *,
    kind: ReviewKind = ReviewKind.REVIEW,
    budget: int | None = None,
    workspace_id: UUID | None = None,
    **asked: object,
) -> Claimed:
    """A review that is processing under fence 1, of a new workspace or of the one that is given."""
    request = ReviewRequest(kind=kind, source=source or FilesSource(files=()), **asked)
    whose, review_id, at = workspace_id or new_id(), new_id(), clock.now()

    def put(session: Session) -> None:
        if workspace_id is None:
            session.add(Workspace(id=whose, name="Team", created_at=at, monthly_budget=budget))
            session.flush()
        session.add(
            Review(
                id=review_id,
                workspace_id=whose,
                kind=kind,
                trigger=Trigger.REST,
                status=ReviewStatus.PROCESSING,
                request=request.model_dump(mode="json"),
                fence=1,
                created_at=at,
                changed_at=at,
                started_at=at,
            )
        )
        session.flush()
        store_blobs(session, whose, blobs or [])

    await database.write(put)
    return Claimed(review_id, whose, None, kind, 1, request, 0, 0, 0, at)


def again(one: Claimed, *, deferrals: int = 0) -> Claimed:
    """The same review as its next claim."""
    return replace(one, fence=one.fence + 1, deferrals=deferrals)
