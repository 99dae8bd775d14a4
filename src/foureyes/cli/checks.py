"""What `foureyes doctor` says of one thing that it looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    GOOD = "good"
    LESS = "less"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `LESS` works without it, `BAD` does not."""

    label: str
    state: State
    text: str
