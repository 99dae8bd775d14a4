"""The ledger of calls in the database: a row for each attempt, counted in the workspace's month."""

from collections.abc import Callable
from dataclasses import replace

from structlog.stdlib import get_logger

from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.kit.text import well_formed
from foureyes.llm.port import AttemptRow
from foureyes.usage import repository
from foureyes.usage.repository import Run

OnCall = Callable[[AttemptRow], None]


def uncounted(_: AttemptRow) -> None:
    """Attempts that no metric counts."""


class DatabaseLedger:
    """`llm.port.CallLedger` for one claim of one review. `on_call` is told of each attempt, for metrics."""

    def __init__(self, database: Database, run: Run, *, on_call: OnCall = uncounted) -> None:
        self._database = database
        self._run = run
        self._on_call = on_call

    async def record(self, row: AttemptRow) -> None:
        """Write it down. What it cost is counted as spent here, in the transaction of its row.

        Raises:
            DatabaseUnavailableError, StorageFullError: then the call's reservation stays, and is swept as spent.
        """
        self._on_call(row)
        usage = row.usage
        get_logger().debug(
            "model_call",
            review=str(self._run.review_id),
            purpose=row.purpose,
            model=row.model,
            outcome=row.outcome,
            attempt=row.attempt,
            seconds=round(row.seconds, 3),
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost=usage.cost,
        )
        # A provider's words may hold what no database takes as text.
        row = replace(row, reason=well_formed(row.reason).replace("\0", ""))
        await self._database.write(repository.add_call, new_id(), self._run, row)
