"""The lines of one file as the model sees them: numbered, signed, with gaps, cut where they are too many."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from foureyes.diff.hunks import first_lines
from foureyes.diff.values import FileChange, Hunk, LineKind

BESIDE = -1
"""The hunk of a row that belongs to none."""

_LONGEST_CHANGED = 2_000
_LONGEST_BESIDE = 300
_GAP = "    ..."
_WORTH_A_CUT = 0.6
"""A chunk is filled at least so far before a good place to cut is taken."""


class Row(NamedTuple):
    """One printed line: `number` counts in the old file where the sign is a minus, else in the new one.

    `place` is the number in the new file, for a removed line that of the line which comes next.
    """

    sign: str
    number: int
    text: str
    hunk: int
    place: int

    @property
    def after(self) -> int:
        """The place of a row that follows without a gap."""
        return self.place + (self.sign != "-")

    @property
    def tokens(self) -> float:
        # Encoding is only for text that needs it: this runs for each line of a large change.
        size = len(self.text) if self.text.isascii() else len(self.text.encode("utf-8", "surrogatepass"))
        return (size + 9) * 2 / 7


def rows_of(file: FileChange, lines: Sequence[str], beside: Set[int]) -> list[Row]:
    """All lines of all hunks, and the lines of the new file in `beside`, in their order."""
    rest = sorted(number for number in beside if 0 < number <= len(lines))
    rows: list[Row] = []
    at = 0
    for index, hunk in enumerate(file.hunks):
        start = first_lines(hunk)[1]
        while at < len(rest) and rest[at] < start:
            rows.append(_beside(rest[at], lines))
            at += 1
        rows += _of_hunk(hunk, index)
        # The hunk has told these lines already; twice told they would look like two places.
        while at < len(rest) and rest[at] < start + hunk.new_count:
            at += 1
    return rows + [_beside(number, lines) for number in rest[at:]]


def near_changes(rows: Sequence[Row], context: int) -> list[Row]:
    """The rows without those unchanged rows of hunks that are further than `context` rows from any change.

    A hunk that changes nothing is left whole.
    """
    near: set[int] = set()
    changed: set[int] = set()
    for index, row in enumerate(rows):
        if row.sign != " ":
            near.update(range(index - context, index + context + 1))
            changed.add(row.hunk)
    return [row for index, row in enumerate(rows) if index in near or row.hunk not in changed]


def header_rows(numbers: Iterable[int], lines: Sequence[str]) -> list[Row]:
    """Lines of the new file by their numbers."""
    return [_beside(number, lines) for number in sorted(set(numbers)) if 0 < number <= len(lines)]


def chunks(rows: Sequence[Row], budget: int, starts: Mapping[int, int]) -> Iterator[Sequence[Row]]:
    """The rows in parts of at most `budget` tokens, but of one row at least.

    Parts end at gaps, else before a symbol (`starts` tells how deep the symbol that starts on a line lies), else at
    a blank line, else anywhere.
    """
    first, used = 0, 0.0
    for index, row in enumerate(rows):
        used += row.tokens
        if used > budget and index > first:
            # At least one row is taken each time, or a single long row would never end the loop.
            earliest = first + max(1, int((index - first) * _WORTH_A_CUT))
            cut = max(range(earliest, index + 1), key=lambda each: (_worth(rows, each, starts), each))
            yield rows[first:cut]
            first = cut
            used = sum(each.tokens for each in rows[cut : index + 1])
    if first < len(rows):
        yield rows[first:]


def blocks(rows: Sequence[Row], families: Mapping[int, int]) -> tuple[str, ...]:
    """The rows as text. Rows of one family of lines (one outermost symbol) stay in one block, gaps and all."""
    width = len(str(max((row.number for row in rows), default=0)))
    parts: list[list[str]] = []
    last: Row | None = None
    for row in rows:
        if last is None or (last.after != row.place and not _related(last, row, families)):
            parts.append([])
        elif last.after != row.place:
            parts[-1].append(_GAP)
        parts[-1].append(f"{row.sign}{row.number:>{width}} | {row.text}")
        last = row
    return tuple("\n".join(part) + "\n" for part in parts)


def _related(one: Row, other: Row, families: Mapping[int, int]) -> bool:
    return one.place in families and families[one.place] == families.get(other.place)


def _worth(rows: Sequence[Row], index: int, starts: Mapping[int, int]) -> float:
    """How good it is to cut before this row."""
    before, row = rows[index - 1], rows[index]
    if before.after != row.place:
        return 4
    if row.sign != "-" and row.place in starts:
        return 3 / (1 + starts[row.place])
    if not before.text.strip():
        return 1
    return 0.5 if row.sign == " " else 0


def _beside(number: int, lines: Sequence[str]) -> Row:
    return Row(" ", number, _cut(lines[number - 1], _LONGEST_BESIDE), BESIDE, number)


def _of_hunk(hunk: Hunk, index: int) -> Iterator[Row]:
    place = first_lines(hunk)[1]
    for line in hunk.lines:
        if line.kind is LineKind.REMOVED:
            yield Row("-", line.old or 0, _cut(line.text, _LONGEST_CHANGED), index, place)
        else:
            added = line.kind is LineKind.ADDED
            text = _cut(line.text, _LONGEST_CHANGED if added else _LONGEST_BESIDE)
            yield Row("+" if added else " ", line.new or 0, text, index, place)
            place += 1


def _cut(text: str, longest: int) -> str:
    text = text.removesuffix("\r")
    return text if len(text) <= longest else f"{text[:longest]} [{len(text) - longest:,} more characters]"
