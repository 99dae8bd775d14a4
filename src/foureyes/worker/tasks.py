"""The one list of tasks: what a worker does when the broker tells it to, by the broker's name for it."""

from collections.abc import Mapping

from foureyes.queue.docket import LOOK_FOR_WORK, Task
from foureyes.worker.slots import Slots


def tasks_of(slots: Slots) -> Mapping[str, Task]:
    """Every task, for workers with these slots."""

    async def look_for_work() -> None:
        await slots.look()

    return {LOOK_FOR_WORK: look_for_work}
