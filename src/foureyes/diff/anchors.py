"""Which lines of a change may be commented, and the anchor of a remark: clamped or refused, never moved."""

from dataclasses import dataclass
from enum import StrEnum

from foureyes.diff.values import FileChange, LineKind, Side


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines `start` to `end`, both included, of one hunk on one side: a forge takes a comment there."""

    path: str
    side: Side
    start: int
    end: int


class Refused(StrEnum):
    """Why a range has no anchor."""

    BACKWARDS = "it ends before it starts"
    NO_LINES = "this file has no lines on that side of the diff"
    OUTSIDE = "it overlaps no hunk of the diff"


def anchor(file: FileChange, start: int, end: int, side: Side = Side.RIGHT) -> Anchor | Refused:
    """The anchor of lines `start` to `end`, clamped to the hunk it overlaps most (the first of equals)."""
    if end < start:
        return Refused.BACKWARDS
    spans = commentable(file, side)
    if not spans:
        return Refused.NO_LINES
    overlaps = [range(max(start, span.start), min(end + 1, span.stop)) for span in spans]
    # Clamped to one hunk, because forges refuse a range that leaves its hunk, and never moved to a near one: a
    # remark on the wrong line is worse than one in the summary.
    best = max(overlaps, key=len)
    return Anchor(file.path, side, best[0], best[-1]) if best else Refused.OUTSIDE


def commentable(file: FileChange, side: Side = Side.RIGHT) -> tuple[range, ...]:
    """The lines of each hunk that has any on this side. Context counts: it may be commented on both sides."""
    if side is Side.RIGHT:
        spans = (range(hunk.new_start, hunk.new_start + hunk.new_count) for hunk in file.hunks)
    else:
        spans = (range(hunk.old_start, hunk.old_start + hunk.old_count) for hunk in file.hunks)
    return tuple(span for span in spans if span)


def hunk_lines(file: FileChange, side: Side = Side.RIGHT) -> frozenset[int]:
    """All lines of one side that a hunk shows."""
    return frozenset(line for span in commentable(file, side) for line in span)


def added_lines(file: FileChange) -> frozenset[int]:
    """Lines of the new version that the change added."""
    return frozenset(
        line.new for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.ADDED and line.new is not None
    )


def removed_lines(file: FileChange) -> frozenset[int]:
    """Lines of the old version that the change removed."""
    return frozenset(
        line.old for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED and line.old is not None
    )
