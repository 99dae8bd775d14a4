"""The numbers of a workspace."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row
from sqlalchemy.orm import Session

from foureyes.models.reviews import ReviewKind, ReviewStatus
from foureyes.reviews.repository.statistics import (
    NEWEST,
    ended_by_day,
    ended_by_kind,
    newest_seconds,
    open_of_workspace,
)

_SEVERITIES = ("critical", "high", "medium", "low")


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Durations(_View):
    """Seconds that reviews took, of the newest that were completed in these days; null where none was."""

    p50: float | None
    p95: float | None
    p99: float | None
    runs: int = Field(description=f"How many were looked at: {NEWEST:,} at most.")


class StatsTokens(_View):
    input: int
    cached_input: int
    output: int


class StatsDay(_View):
    """What ended on one day (UTC)."""

    day: date
    reviews: int
    completed: int
    failed: int
    findings: int
    cost: int
    tokens: int
    seconds: float


class WorkspaceStats(_View):
    """What was done in the last days, today among them."""

    workspace_id: UUID
    first_day: date
    last_day: date
    by_status: dict[ReviewStatus, int] = Field(description="What ended in these days, and what is not over now.")
    by_kind: dict[ReviewKind, int]
    seconds: Durations
    findings: dict[str, int] = Field(description="Shown findings by severity.")
    silent: int = Field(description="Completed reviews that had nothing to say.")
    tokens: StatsTokens
    cost: int = Field(description="Micro-dollars.")
    cached: int = Field(description="Completed reviews that were answered from an equal one.")
    cache_rate: float | None = Field(description="Their share of all that were completed; null where none was.")
    days: list[StatsDay] = Field(description="Each day, also those on which nothing ended.")


def read_stats(session: Session, workspace_id: UUID, *, days: int, at: datetime) -> WorkspaceStats:
    """The numbers of the last `days` days, that of `at` among them."""
    last = at.astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    ended = ended_by_kind(session, workspace_id, first, last)
    by_day = {row.day: row for row in ended_by_day(session, workspace_id, first, last)}
    since = datetime.combine(first, time(), UTC)
    by_status: Counter[ReviewStatus] = Counter()
    by_kind: Counter[ReviewKind] = Counter()
    for row in ended:
        by_status[row.status] += row.reviews
        by_kind[row.kind] += row.reviews
    for found in open_of_workspace(session, workspace_id):
        by_status[found.status] += found.count
        by_kind[found.kind] += found.count
    completed = [row for row in ended if row.status is ReviewStatus.COMPLETED]
    cached, total = sum(row.cached for row in completed), sum(row.reviews for row in completed)
    return WorkspaceStats(
        workspace_id=workspace_id,
        first_day=first,
        last_day=last,
        by_status={status: by_status[status] for status in ReviewStatus},
        by_kind={kind: by_kind[kind] for kind in ReviewKind},
        seconds=durations(newest_seconds(session, workspace_id, since=since)),
        findings={name: sum(getattr(row, name) for row in completed) for name in _SEVERITIES},
        silent=sum(row.silent for row in completed),
        tokens=StatsTokens(
            input=sum(row.input_tokens for row in ended),
            cached_input=sum(row.cached_input_tokens for row in ended),
            output=sum(row.output_tokens for row in ended),
        ),
        cost=sum(row.cost for row in ended),
        cached=cached,
        cache_rate=round(cached / total, 4) if total else None,
        days=[_day(day, by_day.get(day)) for day in (first + timedelta(days=number) for number in range(days))],
    )


def durations(rising: Sequence[float]) -> Durations:
    """The percentiles of seconds in rising order, by the nearest rank."""
    if not rising:
        return Durations(p50=None, p95=None, p99=None, runs=0)
    p50, p95, p99 = (rising[math.ceil(len(rising) * percent / 100) - 1] for percent in (50, 95, 99))
    return Durations(p50=p50, p95=p95, p99=p99, runs=len(rising))


def _day(day: date, ended: Row[Any] | None) -> StatsDay:
    if ended is None:
        return StatsDay(day=day, reviews=0, completed=0, failed=0, findings=0, cost=0, tokens=0, seconds=0.0)
    return StatsDay(
        day=day,
        reviews=ended.reviews,
        completed=ended.completed,
        failed=ended.failed,
        findings=ended.findings,
        cost=ended.cost,
        tokens=ended.tokens,
        seconds=round(ended.seconds, 3),
    )
