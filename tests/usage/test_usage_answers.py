"""Settled answers in the database: durable when they are put, each for its own workspace, gone after their time."""

from datetime import timedelta

from sqlalchemy import select

from claimed import claimed
from foureyes.kit.database.port import Database
from foureyes.models.model_calls import CachedAnswer
from foureyes.usage.answers import DatabaseAnswers
from foureyes.usage.service import remove_expired_answers

HOUR = timedelta(hours=1)


async def _hits(database: Database) -> dict[str, int]:
    rows = await database.read(lambda session: list(session.scalars(select(CachedAnswer))))
    return {row.key: row.hits for row in rows}


async def test_an_answer_that_was_put_is_there_for_everybody_of_its_workspace(database: Database) -> None:
    one = await claimed(database)
    await DatabaseAnswers(database, one.workspace_id).put("key", b"\x00answer", lifetime=HOUR)
    assert await DatabaseAnswers(database, one.workspace_id).get("key") == b"\x00answer"


async def test_another_workspace_does_not_see_it(database: Database) -> None:
    one, other = await claimed(database), await claimed(database)
    await DatabaseAnswers(database, one.workspace_id).put("key", b"mine", lifetime=HOUR)
    others = DatabaseAnswers(database, other.workspace_id)
    assert await others.get("key") is None
    await others.put("key", b"theirs", lifetime=HOUR)
    assert await DatabaseAnswers(database, one.workspace_id).get("key") == b"mine"


async def test_an_answer_is_gone_after_its_time(database: Database) -> None:
    answers = DatabaseAnswers(database, (await claimed(database)).workspace_id)
    await answers.put("old", b"x", lifetime=timedelta(seconds=-1))
    await answers.put("new", b"y", lifetime=HOUR)
    assert await answers.get("old") is None
    assert await database.write(remove_expired_answers) == 1
    assert await database.write(remove_expired_answers) == 0
    assert await answers.get("new") == b"y"


async def test_a_later_answer_takes_the_place_of_an_earlier_one(database: Database) -> None:
    answers = DatabaseAnswers(database, (await claimed(database)).workspace_id)
    await answers.put("key", b"one", lifetime=timedelta(seconds=-1))
    await answers.put("key", b"two", lifetime=HOUR)
    assert await answers.get("key") == b"two"


async def test_hits_are_counted_together_and_at_the_end(database: Database) -> None:
    answers = DatabaseAnswers(database, (await claimed(database)).workspace_id)
    await answers.put("a", b"x", lifetime=HOUR)
    await answers.put("b", b"x", lifetime=HOUR)
    for key in ("a", "a", "b", "missing"):
        await answers.get(key)
    assert await _hits(database) == {"a": 0, "b": 0}
    await answers.close()
    assert await _hits(database) == {"a": 2, "b": 1}


async def test_many_hits_are_counted_before_the_end(database: Database) -> None:
    answers = DatabaseAnswers(database, (await claimed(database)).workspace_id)
    await answers.put("a", b"x", lifetime=HOUR)
    for _ in range(200):
        await answers.get("a")
    await answers.close()
    assert await _hits(database) == {"a": 200}
