"""SQL of what is used: rows of model calls, counts of the month, money that is set aside, settled answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, Delete, Executable, Update, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foureyes.kit.database.base import Base, database_now
from foureyes.llm.port import AttemptRow
from foureyes.models.model_calls import CachedAnswer, ModelCall
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.models.usage import Reservation, Usage
from foureyes.models.workspaces import Workspace

_LONGEST_MODEL = 120
TableT = TypeVar("TableT", bound=Base)


@dataclass(frozen=True, slots=True)
class Run:
    """On whose account calls are made: one claim of one review."""

    workspace_id: UUID
    review_id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a workspace may still spend this month, in micro-dollars; None where nothing limits it."""

    limit: int | None
    taken: int

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.taken)


def month_of(at: datetime) -> str:
    """The key of a moment's calendar month (UTC): `2026-11`."""
    return f"{at:%Y-%m}"


def _insert(session: Session, table: type[TableT]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what happens to a row that is there: each database has its own."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def _changed(session: Session, statement: Executable | Update | Delete) -> int:
    """How many rows the statement changed."""
    return cast("CursorResult[object]", session.execute(statement)).rowcount


def begin_month(session: Session, workspace_id: UUID, month: str) -> None:
    """Have a row for the month, where there is none yet."""
    session.execute(_insert(session, Usage).values(workspace_id=workspace_id, month=month).on_conflict_do_nothing())


def add_call(session: Session, call_id: UUID, run: Run, row: AttemptRow) -> None:
    """Write an attempt down and count it in its month, once however often this runs."""
    usage = row.usage
    added = _changed(
        session,
        _insert(session, ModelCall)
        .values(
            id=call_id,
            workspace_id=run.workspace_id,
            review_id=run.review_id,
            fence=run.fence,
            purpose=row.purpose,
            model=row.model[:_LONGEST_MODEL],
            outcome=row.outcome,
            input_tokens=usage.input_tokens,
            cached_input_tokens=usage.cached_input_tokens,
            cache_written_tokens=usage.cache_written_tokens,
            output_tokens=usage.output_tokens,
            cost=usage.cost,
            key=row.key,
            attempt=row.attempt,
            reason=row.reason,
            started_at=row.started,
            seconds=row.seconds,
        )
        .on_conflict_do_nothing(),
    )
    if added:
        month = month_of(row.started)
        begin_month(session, run.workspace_id, month)
        session.execute(
            _of_month(run.workspace_id, month).values(
                calls=Usage.calls + 1,
                input_tokens=Usage.input_tokens + usage.input_tokens,
                cached_input_tokens=Usage.cached_input_tokens + usage.cached_input_tokens,
                output_tokens=Usage.output_tokens + usage.output_tokens,
                spent=Usage.spent + (usage.cost or 0),
            )
        )


def count_review(session: Session, workspace_id: UUID, month: str) -> None:
    """One more review that was completed in the month."""
    begin_month(session, workspace_id, month)
    session.execute(_of_month(workspace_id, month).values(reviews=Usage.reviews + 1))


def reserve(session: Session, reservation_id: UUID, run: Run, amount: int, at: datetime) -> bool:
    """Set `amount` aside if it fits into what the workspace may spend this month; whether it does."""
    # The same work may run twice when a connection broke: what was set aside the first time stands.
    if session.get(Reservation, reservation_id) is not None:
        return True
    month = month_of(at)
    begin_month(session, run.workspace_id, month)
    limit = select(Workspace.monthly_budget).where(Workspace.id == run.workspace_id).scalar_subquery()
    # One statement that looks and takes: of two at the same time, the second sees what the first has taken.
    taken = _changed(
        session,
        _of_month(run.workspace_id, month)
        .where(limit.is_(None) | (Usage.spent + Usage.reserved + amount <= limit))
        .values(reserved=Usage.reserved + amount),
    )
    if taken:
        session.add(
            Reservation(
                id=reservation_id,
                workspace_id=run.workspace_id,
                month=month,
                review_id=run.review_id,
                fence=run.fence,
                amount=amount,
                made_at=at,
            )
        )
    return bool(taken)


def room(session: Session, workspace_id: UUID, month: str) -> Room:
    """The limit of a workspace and what of it is spent or set aside."""
    limit = session.scalar(select(Workspace.monthly_budget).where(Workspace.id == workspace_id))
    taken = session.scalar(
        select(Usage.spent + Usage.reserved).where(Usage.workspace_id == workspace_id, Usage.month == month)
    )
    return Room(limit, taken or 0)


def release(session: Session, reservation_id: UUID, *, spent: int = 0) -> None:
    """End a reservation, once however often this runs; `spent` of it is counted as spent."""
    found = session.execute(
        delete(Reservation)
        .where(Reservation.id == reservation_id)
        .returning(Reservation.workspace_id, Reservation.month, Reservation.amount)
    ).one_or_none()
    if found is not None:
        session.execute(
            _of_month(found.workspace_id, found.month).values(
                reserved=Usage.reserved - found.amount, spent=Usage.spent + spent
            )
        )


def abandoned(session: Session, *, limit: int) -> Sequence[Reservation]:
    """Reservations of claims that are no more: their review is not processing, or with a higher fence."""
    held = exists().where(
        Review.id == Reservation.review_id,
        Review.fence == Reservation.fence,
        Review.status == ReviewStatus.PROCESSING,
    )
    return session.scalars(select(Reservation).where(~held).order_by(Reservation.id).limit(limit)).all()


def find_answer(session: Session, workspace_id: UUID, key: str) -> bytes | None:
    """A settled answer that has not expired, by the database's clock."""
    return session.scalar(
        select(CachedAnswer.answer).where(
            CachedAnswer.workspace_id == workspace_id,
            CachedAnswer.key == key,
            CachedAnswer.expires_at > database_now(),
        )
    )


def put_answer(
    session: Session, workspace_id: UUID, key: str, answer: bytes, *, at: datetime, expires_at: datetime
) -> None:
    """Keep an answer; one that is there under the key is replaced."""
    fields = {"answer": answer, "created_at": at, "expires_at": expires_at}
    session.execute(
        _insert(session, CachedAnswer)
        .values(workspace_id=workspace_id, key=key, hits=0, **fields)
        .on_conflict_do_update(index_elements=["workspace_id", "key"], set_=fields)
    )


def count_hits(session: Session, workspace_id: UUID, hits: dict[str, int]) -> None:
    # In one order, so that two counters never wait for each other's rows.
    for key, count in sorted(hits.items()):
        session.execute(
            update(CachedAnswer)
            .where(CachedAnswer.workspace_id == workspace_id, CachedAnswer.key == key)
            .values(hits=CachedAnswer.hits + count)
        )


def remove_expired(session: Session, *, limit: int) -> int:
    """Remove answers that have expired, at most `limit`; how many."""
    old = (
        select(CachedAnswer.workspace_id, CachedAnswer.key)
        .where(CachedAnswer.expires_at <= database_now())
        .order_by(CachedAnswer.expires_at)
        .limit(limit)
    )
    gone = session.execute(old).all()
    for workspace_id, key in gone:
        session.execute(delete(CachedAnswer).where(CachedAnswer.workspace_id == workspace_id, CachedAnswer.key == key))
    return len(gone)


def _of_month(workspace_id: UUID, month: str) -> Update:
    return update(Usage).where(Usage.workspace_id == workspace_id, Usage.month == month)
