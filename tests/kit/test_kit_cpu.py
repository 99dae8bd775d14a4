"""Processor time is shared: at most so many compute at a time, and the loop goes on beside them."""

import asyncio
import threading

from foureyes.kit.cpu import Cpu


async def test_work_runs_beside_the_loop() -> None:
    assert await Cpu().run(threading.current_thread) is not threading.current_thread()


async def test_what_work_raises_comes_out_and_frees_the_slot() -> None:
    cpu = Cpu(1)
    for _ in range(3):
        done = await asyncio.gather(cpu.run(int, "no number"), return_exceptions=True)
        assert isinstance(done[0], ValueError)


async def test_no_more_compute_at_a_time_than_there_are_slots() -> None:
    cpu, now, most = Cpu(2), 0, 0
    lock, meeting = threading.Lock(), threading.Barrier(2, timeout=20)

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        # Two must be here at once to go on: fewer than two slots would fail here, and more below.
        meeting.wait()
        with lock:
            now -= 1

    await asyncio.gather(*(cpu.run(work) for _ in range(6)))
    assert most == 2


async def test_a_slot_that_is_held_is_missing_elsewhere() -> None:
    cpu = Cpu(1)
    async with cpu.slot():
        waiting = asyncio.create_task(cpu.run(lambda: "done"))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting == "done"
