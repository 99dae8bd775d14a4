"""A worker that dies on the spot once its first answer is durable: run as a process of its own."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr

from foureyes.kit.database.open import open_database
from foureyes.kit.database.port import Database
from foureyes.models.reviews import Review
from foureyes.reviews.request import ReviewRequest
from foureyes.runs.carrier import EngineCarrier
from foureyes.runs.port import Claimed
from foureyes.settings import Settings
from foureyes.usage import repository


async def _claimed(database: Database, review_id: UUID) -> Claimed:
    review = await database.read(lambda session: session.get_one(Review, review_id))
    request = ReviewRequest.model_validate(review.request)
    return Claimed(review_id, review.workspace_id, None, review.kind, 1, request, 0, 0, 0, datetime.now(UTC))


async def main(store: str, model_url: str, folder: str, review_id: str, *, dies: bool) -> None:
    database = open_database(store)
    settings = Settings(
        data_dir=Path(folder), model="compatible:stand-in", model_url=model_url, model_api_key=SecretStr("none")
    )
    carrier = EngineCarrier(settings, database, on_call=lambda _: None)
    if dies:
        _die_behind(database)
    one = await _claimed(database, UUID(review_id))
    await carrier.carry_out(replace(one, fence=1 if dies else 2), on_progress=lambda _: None)
    await carrier.close()
    await database.close()


def _die_behind(database: Database) -> None:
    """Die when the first answer has been committed, before anybody gets to see it."""
    write = database.write

    async def fatal(work: object, *args: object, **kwargs: object) -> object:
        result = await write(work, *args, **kwargs)
        if work is repository.put_answer:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    database.write = fatal


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5], dies=sys.argv[5] == "dies"))
