"""The budget of one run, kept in the process; and several budgets that all must hold. Money is micro-dollars."""

import asyncio

from foureyes.errors import BudgetExceededError
from foureyes.llm.port import Budget


class RunBudget:
    """What is spent and what is set aside never exceeds the ceiling.

    What is set aside is the most that a call can cost, and most calls cost less. So a call that does not fit now, but
    would fit if the calls in flight cost nothing, waits for them; only one that can't fit any more is refused.
    """

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.spent = 0
        self.reserved = 0
        self._changed = asyncio.Event()

    async def reserve(self, model: str, amount: int) -> None:
        while self.spent + self.reserved + amount > self.ceiling:
            if self.spent + amount > self.ceiling:
                raise BudgetExceededError(model, needed=amount, left=max(0, self.ceiling - self.spent))
            # An event is renewed at each change: every waiter looks again, for the one that fits may not be the
            # first in line.
            await self._changed.wait()
        self.reserved += amount

    async def settle(self, reserved: int, spent: int) -> None:
        self.reserved -= reserved
        self.spent += spent
        self._changed.set()
        self._changed = asyncio.Event()


class Budgets:
    """Several budgets as one: a call is made when it fits into each of them."""

    def __init__(self, *budgets: Budget) -> None:
        self._budgets = budgets

    async def reserve(self, model: str, amount: int) -> None:
        held: list[Budget] = []
        try:
            for budget in self._budgets:
                await budget.reserve(model, amount)
                held.append(budget)
        except BaseException:
            # Cancelled ones too: what stays set aside would starve every call after this one.
            for budget in held:
                await budget.settle(amount, 0)
            raise

    async def settle(self, reserved: int, spent: int) -> None:
        for budget in self._budgets:
            await budget.settle(reserved, spent)
