"""Hunks of a unified diff. Lines are counted by the header, so that content is never taken for structure."""

import re
from collections.abc import Sequence

from foureyes.diff.values import Hunk, Line, LineKind
from foureyes.errors import MalformedPatchError
from foureyes.kit.text import counted

_HEADER = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@ ?(.*)", re.DOTALL)

# Looked up once: each would otherwise cost 100,000 look-ups in a large diff.
_CONTEXT, _ADDED, _REMOVED = LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED
_SIGNATURES = ("--", "-- ")


def read_hunks(lines: Sequence[str], at: int) -> tuple[tuple[Hunk, ...], int]:
    """The hunks that stand at index `at`, and the index behind them.

    Raises:
        MalformedPatchError: there is none, one is shorter or longer than it says, or they overlap.
    """
    hunks: list[Hunk] = []
    while at < len(lines) and lines[at].startswith("@@ "):
        hunk, behind = _read_hunk(lines, at)
        if hunks and not _follows(hunks[-1], hunk):
            raise MalformedPatchError("this hunk does not lie behind the one before it", line=at + 1)
        hunks.append(hunk)
        at = behind
    if not hunks:
        raise MalformedPatchError("a hunk (`@@ -1,2 +1,3 @@`) is missing here", line=at + 1)
    _refuse_surplus(lines, at)
    return tuple(hunks), at


def first_lines(hunk: Hunk) -> tuple[int, int]:
    """The first old and new line a hunk is about; a side without lines names the line before the gap."""
    return hunk.old_start + (not hunk.old_count), hunk.new_start + (not hunk.new_count)


def _follows(earlier: Hunk, later: Hunk) -> bool:
    ends = (
        start + count for start, count in zip(first_lines(earlier), (earlier.old_count, earlier.new_count), strict=True)
    )
    return all(start >= end for start, end in zip(first_lines(later), ends, strict=True))


def _read_hunk(lines: Sequence[str], at: int) -> tuple[Hunk, int]:
    match = _HEADER.fullmatch(lines[at])
    if match is None:
        raise MalformedPatchError("this hunk header is not of the form `@@ -1,2 +1,3 @@`", line=at + 1)
    old, old_count, new, new_count = (1 if part is None else int(part) for part in match.groups()[:4])
    if (old_count and not old) or (new_count and not new):
        raise MalformedPatchError("lines are counted from 1, but this hunk starts at 0", line=at + 1)
    body, behind = _read_body(lines, at, (old, old_count), (new, new_count))
    return Hunk(old, old_count, new, new_count, match[5].removesuffix("\r"), tuple(body)), behind


def _read_body(
    lines: Sequence[str], header: int, old_span: tuple[int, int], new_span: tuple[int, int]
) -> tuple[list[Line], int]:
    """The lines of one hunk. This loop is the whole cost of a large diff: it makes tuples without a call of ours."""
    # A named tuple's own constructor is one more call in Python for each line.
    make = tuple.__new__
    body: list[Line] = []
    add = body.append
    old, new = old_span[0], new_span[0]
    old_end, new_end = sum(old_span), sum(new_span)
    for at in range(header + 1, len(lines)):
        raw = lines[at]
        mark = raw[:1]
        if mark == "\\":
            _cut_newline(body, at)
        elif old >= old_end and new >= new_end:
            break
        elif mark == " ":
            add(make(Line, (_CONTEXT, old, new, raw[1:], True)))
            old += 1
            new += 1
        elif mark == "+":
            add(make(Line, (_ADDED, None, new, raw[1:], True)))
            new += 1
        elif mark == "-":
            add(make(Line, (_REMOVED, old, None, raw[1:], True)))
            old += 1
        elif raw in {"", "\r"}:
            # Mailers and `diff.suppressBlankEmpty` drop the space before an empty line.
            add(make(Line, (_CONTEXT, old, new, raw, True)))
            old += 1
            new += 1
        else:
            break
    else:
        at = len(lines)
    if (old, new) != (old_end, new_end):
        _refuse_count(lines, header, at, max(old_end - old, new_end - new))
    return body, at


def _cut_newline(body: list[Line], at: int) -> None:
    if not body:
        raise MalformedPatchError("`\\ No newline at end of file` follows no line", line=at + 1)
    body[-1] = body[-1]._replace(newline=False)


def _refuse_count(lines: Sequence[str], header: int, at: int, missing: int) -> None:
    if missing <= 0:
        raise MalformedPatchError("this hunk has more lines than its header says", line=header + 1)
    what = "the patch ends" if at == len(lines) else "this line belongs to no hunk"
    raise MalformedPatchError(
        f"{what}, but the hunk above lacks {counted(missing, 'line')}", line=min(at + 1, len(lines))
    )


def _refuse_surplus(lines: Sequence[str], at: int) -> None:
    """A line with a hunk's mark right behind the last hunk is content that a wrong header left out."""
    if at == len(lines) or not lines[at].startswith((" ", "+", "-")):
        return
    line = lines[at].removesuffix("\r")
    heads_file = line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")
    if not heads_file and line not in _SIGNATURES:
        raise MalformedPatchError("the hunk above has more lines than its header says", line=at + 1)
