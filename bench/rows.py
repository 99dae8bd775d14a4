"""One row of the bench: what was measured, beside the floor of the same run and the budget."""

import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from foureyes.kit import clock


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the most of several measurements."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        several = list(values)
        return cls(min(several), statistics.median(several), max(several))


@dataclass(frozen=True, slots=True)
class Row:
    """`floor` is the least code that does the same job, measured in the same run; `peer` another tool that does it."""

    work: str
    unit: str
    measured: Spread
    budget: float | None = None
    floor: Spread | None = None
    floor_name: str = ""
    peer: Spread | None = None
    peer_name: str = ""
    notes: tuple[str, ...] = field(default=())
    at_least: bool = False
    """The budget is the least that will do, and not the most."""

    @property
    def over(self) -> bool:
        if self.budget is None:
            return False
        return self.measured.median < self.budget if self.at_least else self.measured.median > self.budget

    @property
    def ratio(self) -> float | None:
        """How many times the floor; None where there is no floor, or it is nothing."""
        return self.measured.median / self.floor.median if self.floor and self.floor.median else None


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def seconds(work: Callable[[], object]) -> float:
    began = clock.steady()
    work()
    return clock.steady() - began


def side_by_side(*works: Callable[[], float], rounds: int) -> list[Spread]:
    """Measure several things in turn, so that a disturbance hits them all. The first round is thrown away."""
    measured = [[work() for work in works] for _ in range(rounds + 1)][1:]
    return [Spread.of(column) for column in zip(*measured, strict=True)]
