"""The monthly budget of a workspace, in the database: what is spent and what is set aside never exceed it."""

import asyncio
from collections import defaultdict
from uuid import UUID

from foureyes.errors import BudgetExceededError
from foureyes.kit import clock
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.usage import repository
from foureyes.usage.repository import Run


class DatabaseBudget:
    """`llm.port.Budget` for one claim of one review. A call that does not fit now is refused, and waits for none.

    What calls really cost is counted by the ledger (`usage.ledger`), in the transaction that writes their rows, which
    happens before they are settled here: so between the two the budget counts too much, and never too little.
    """

    def __init__(self, database: Database, run: Run) -> None:
        self._database = database
        self._run = run
        self._held: defaultdict[int, list[UUID]] = defaultdict(list)

    async def reserve(self, model: str, amount: int) -> None:
        """Set `amount` aside until it is settled.

        Raises:
            BudgetExceededError: it does not fit into what the workspace may still spend this month.
        """
        reservation_id, at = new_id(), clock.now()
        try:
            fits = await self._database.write(repository.reserve, reservation_id, self._run, amount, at)
        except asyncio.CancelledError:
            # The transaction may have been done all the same; ending it twice, or never made, does nothing.
            await self._database.write(repository.release, reservation_id)
            raise
        if not fits:
            month = repository.month_of(at)
            room = await self._database.read(repository.room, self._run.workspace_id, month)
            raise BudgetExceededError(model, needed=amount, left=room.left or 0)
        self._held[amount].append(reservation_id)

    async def settle(self, reserved: int, spent: int) -> None:  # noqa: ARG002  # Counted by the ledger, see above.
        """Give back what was set aside."""
        await self._database.write(repository.release, self._held[reserved].pop())
