"""What a drill counted, and the table of all drills."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """One drill. `lost`: accepted and never finished; `doubled`: finished twice, or two rows for one request."""

    drill: str
    faults: str
    reviews: int
    lost: int
    doubled: int
    repeated: int = 0
    """Calls of the model that were made again after their answer had been stored."""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    """Other promises of this drill that did not hold."""

    @property
    def held(self) -> bool:
        return not (self.lost or self.doubled or self.repeated or self.broken)


def table(tallies: Iterable[Tally]) -> str:
    """A Markdown table, as the README shows it."""
    lines = [
        "| drill | faults | reviews | lost | doubled | bought twice | held |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    lines += [
        f"| {one.drill} | {one.faults} | {one.reviews} | {one.lost} | {one.doubled} | {one.repeated} | "
        f"{'yes' if one.held else 'NO'} |"
        for one in tallies
    ]
    return "\n".join(lines)


def detail(one: Tally) -> str:
    """The lines below a drill's name while drills run."""
    counted = f"{one.reviews} reviews, {one.lost} lost, {one.doubled} doubled, {one.repeated} bought twice"
    said = [f"{'held' if one.held else 'BROKEN'}: {one.faults}; {counted} ({one.seconds:.0f} s)"]
    return "\n".join(f"    {line}" for line in (*said, *one.notes, *(f"BROKEN: {why}" for why in one.broken)))
