"""What watchers of a review are told: enough to draw it, or to know that something is to be read again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from foureyes.engine.values import Progress
from foureyes.kit.bus import News
from foureyes.models.reviews import Review


def topics_of(review_id: UUID, workspace_id: UUID) -> tuple[str, str]:
    """Where news of a review is told: to those who watch it, and to those who watch its workspace."""
    return (f"review:{review_id}", f"workspace:{workspace_id}")


def review_changed(review: Review) -> News:
    """That a review has another status now, or a result."""
    facts: Mapping[str, JsonValue] = {
        "id": str(review.id),
        "workspace": str(review.workspace_id),
        "kind": review.kind,
        "status": review.status,
        "title": review.title,
        "repository": review.repository,
        "verdict": review.verdict,
        "headline": review.headline,
        "findings": review.findings,
        "error": review.error,
        "at": _written(review.changed_at),
    }
    return News(topics_of(review.id, review.workspace_id), "review.changed", facts)


def review_progress(review_id: UUID, workspace_id: UUID, progress: Progress, *, at: datetime) -> News:
    """How far a running review has come."""
    facts: Mapping[str, JsonValue] = {
        "id": str(review_id),
        "workspace": str(workspace_id),
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "note": progress.note,
        "at": _written(at),
    }
    return News(topics_of(review_id, workspace_id), "review.progress", facts)


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
