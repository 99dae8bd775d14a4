"""A settled answer is never bought twice: not even when the worker is killed on the next line."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bench.stand_in import serving
from claimed import claimed, sent
from foureyes.kit.database.open import open_database
from stores import STORES, store_url

FILES = {
    f"part{number}__py": f"def part{number}(prices):\n    return sum(prices) / len(prices)\n" for number in range(3)
}
PROGRAM = Path(__file__).with_name("runs_killed.py")


async def _worker(*arguments: str) -> int:
    process = await asyncio.create_subprocess_exec(sys.executable, str(PROGRAM), *arguments)
    async with asyncio.timeout(60):
        return await process.wait()


@pytest.mark.parametrize("kind", STORES)
async def test_what_was_answered_before_a_kill_is_not_asked_again(kind: str, tmp_path: Path) -> None:
    url = store_url(kind, tmp_path)
    with serving(0.0) as model:
        database = open_database(url)
        one, other = await claimed(database, *sent(**FILES)), await claimed(database, *sent(**FILES))
        await database.close()
        killed = (url, model.url, str(tmp_path / "data"), str(one.review_id))
        assert await _worker(*killed, "dies") == -signal.SIGKILL
        before = len(model.prompts)
        assert await _worker(*killed, "lives") == 0
        asked = len(model.prompts)
        # The same of another workspace, undisturbed: so many calls it takes.
        assert await _worker(url, model.url, str(tmp_path / "other"), str(other.review_id), "lives") == 0
    assert 0 < before < asked
    assert asked == len(model.prompts) - asked
    assert len(set(model.prompts[:asked])) == asked
