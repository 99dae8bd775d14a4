"""Where a line of one version of a file stands in the other one."""

from bisect import bisect_right
from collections.abc import Sequence

from foureyes.diff.hunks import first_lines
from foureyes.diff.values import FileChange, FileStatus, LineKind

# Of these, no line outside of hunks is in both versions: there is only one, or they have nothing to do with each other.
_ONE_SIDED = (FileStatus.ADDED, FileStatus.DELETED, FileStatus.TYPE_CHANGED)


class LineMap:
    """Both directions of one changed file. Lines count from 1; whether the file is that long is not known here."""

    def __init__(self, file: FileChange) -> None:
        context = [line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.CONTEXT]
        starts = [first_lines(hunk) for hunk in file.hunks]
        ends = [
            (old + hunk.old_count, new + hunk.new_count) for (old, new), hunk in zip(starts, file.hunks, strict=True)
        ]
        shared = file.status not in _ONE_SIDED
        self._to_new = _Direction({line.old: line.new for line in context}, starts, ends, shared)
        self._to_old = _Direction(
            {line.new: line.old for line in context},
            [pair[::-1] for pair in starts],
            [pair[::-1] for pair in ends],
            shared,
        )

    def old_to_new(self, line: int) -> int | None:
        """Where an old line is now; None where it was removed."""
        return self._to_new.get(line)

    def new_to_old(self, line: int) -> int | None:
        """Where a new line was before; None where it was added."""
        return self._to_old.get(line)


class _Direction:
    """Lines of hunks by table, lines between hunks by the distance to the end of the hunk before."""

    def __init__(
        self,
        context: dict[int | None, int | None],
        starts: Sequence[tuple[int, int]],
        ends: Sequence[tuple[int, int]],
        shared: bool,
    ) -> None:
        self._context = context
        self._starts = [start for start, _ in starts]
        self._ends = ends
        self._shared = shared

    def get(self, line: int) -> int | None:
        at = bisect_right(self._starts, line) - 1
        here, there = self._ends[at] if at >= 0 else (1, 1)
        if line < here or line < 1:
            return self._context.get(line)
        return line - here + there if self._shared else None
