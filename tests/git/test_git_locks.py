"""Locks are shared by readers, held alone by whoever changes, and let go by the dead."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes.errors import GitTimeoutError
from foureyes.git.locks import SharedLock

SOON = timedelta(seconds=0.05)
LONG = timedelta(seconds=30)

HOLDER = """
import asyncio, sys, time
from datetime import timedelta
from pathlib import Path
from foureyes.git.locks import SharedLock
asyncio.run(SharedLock(Path(sys.argv[1])).alone(timedelta(seconds=5)))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "locks/one.lock"


async def test_readers_share_and_keep_the_writer_out(path: Path) -> None:
    one, other, writer = SharedLock(path), SharedLock(path), SharedLock(path)
    await one.share(LONG)
    await other.share(LONG)
    assert not writer.try_alone()
    with pytest.raises(GitTimeoutError):
        await writer.alone(SOON)
    one.close()
    other.close()
    assert writer.try_alone()
    writer.close()


async def test_a_reader_waits_for_the_writer(path: Path) -> None:
    reader, writer = SharedLock(path), SharedLock(path)
    await writer.alone(LONG)
    waiting = asyncio.create_task(reader.share(LONG))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    writer.close()
    await waiting
    reader.close()


def another_process(path: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE)


async def test_a_killed_holder_lets_go(path: Path) -> None:
    with another_process(path) as holder:
        assert holder.stdout is not None
        assert await asyncio.to_thread(holder.stdout.readline) == b"held\n"
        lock = SharedLock(path)
        assert not lock.try_alone()
        holder.kill()
        await lock.alone(LONG)
        lock.close()
