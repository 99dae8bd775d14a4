"""Waiting: a steady counter and a sleep, handed in together so that tests can run hours in no time."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from foureyes.kit import clock


class Pace(Protocol):
    def steady(self) -> float:
        """Seconds on a counter that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class RealPace:
    def steady(self) -> float:
        return clock.steady()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class SkippingPace:
    """The twin: sleeping moves the counter and lets others run, and takes no time."""

    now: float = 0.0

    def steady(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)
