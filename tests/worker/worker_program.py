"""A worker process with the scripted carrier, as tests start and kill it; with `alone`, what its input names."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

import structlog

from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.open import open_database
from foureyes.queue.docket import DocketQueue
from foureyes.runs.scripted import ScriptedCarrier
from foureyes.runs.service import Desk
from foureyes.settings import Settings
from foureyes.worker.child import carry_out_alone
from foureyes.worker.isolated import Isolation
from foureyes.worker.process import run_worker
from foureyes.worker.pulse import Pace

PACE = Pace(
    lease=timedelta(seconds=1.5),
    heartbeat=timedelta(milliseconds=300),
    progress=timedelta(milliseconds=100),
    sweep=timedelta(milliseconds=300),
)


# Nobody reads the standard output, which would be full soon.
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def main(database_url: str, redis_url: str, prefix: str, slots: str, *alone: str) -> None:
    database = open_database(database_url, patience=timedelta(seconds=60))
    queue = DocketQueue(redis_url, prefix=prefix)
    desk = Desk(database, queue, MemoryBus(), ScriptedCarrier())
    if alone:
        await carry_out_alone(desk)
    else:
        await serve(desk, queue, int(slots))
    await queue.close()
    await database.close()


async def serve(desk: Desk, queue: DocketQueue, slots: int) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    isolation = Isolation([sys.executable, *sys.argv, "alone"], dict(os.environ), places=2)
    settings = Settings(reviews_in_flight=slots, grace=timedelta(milliseconds=500))
    await run_worker(desk, settings, queue=queue, stopping=stopping, isolation=isolation, pace=PACE)


asyncio.run(main(*sys.argv[1:]))
