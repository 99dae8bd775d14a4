"""Attempts as the door to models records them, and the rows that come of them."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.llm.port import AttemptOutcome, AttemptRow, Purpose
from foureyes.llm.port import Usage as Used
from foureyes.models.model_calls import ModelCall
from foureyes.models.usage import Reservation, Usage
from foureyes.runs.port import Claimed
from foureyes.usage.repository import Run

MODEL = "anthropic:claude"


def run_of(one: Claimed) -> Run:
    return Run(one.workspace_id, one.review_id, one.fence)


def an_attempt(**changes: object) -> AttemptRow:
    row = AttemptRow(
        Purpose.REVIEW, MODEL, AttemptOutcome.ANSWERED, Used(1_000, 200, 50, 300, 1, 10), clock.now(), 1.5, "k" * 64, 1
    )
    return replace(row, **changes)


async def usage_of(database: Database, workspace_id: UUID) -> Usage:
    def find(session: Session) -> Usage:
        return session.scalars(select(Usage).where(Usage.workspace_id == workspace_id)).one()

    return await database.read(find)


async def calls_of(database: Database, review_id: UUID) -> list[ModelCall]:
    def find(session: Session) -> list[ModelCall]:
        calls = select(ModelCall).where(ModelCall.review_id == review_id).order_by(ModelCall.id)
        return list(session.scalars(calls))

    return await database.read(find)


async def reservations(database: Database) -> list[Reservation]:
    return await database.read(lambda session: list(session.scalars(select(Reservation))))
