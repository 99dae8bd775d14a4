"""From one version of a file and its hunks to the other version, exactly or not at all."""

from foureyes.diff.hunks import first_lines
from foureyes.diff.values import FileChange, FileStatus, Hunk, LineKind
from foureyes.kit.text import decode, encode


def patched(content: bytes, file: FileChange) -> bytes | None:
    """The new version, from the old one; None where a hunk does not fit to the line."""
    return _turned(content, file, forward=True)


def unpatched(content: bytes, file: FileChange) -> bytes | None:
    """The old version, from the new one; None where a hunk does not fit to the line."""
    return _turned(content, file, forward=False)


def added_whole(file: FileChange) -> bytes | None:
    """The content of a new file, which its hunks tell wholly; None for any other."""
    return _turned(b"", file, forward=True) if file.status is FileStatus.ADDED else None


def deleted_whole(file: FileChange) -> bytes | None:
    """What a deleted file held; None for any other."""
    return _turned(b"", file, forward=False) if file.status is FileStatus.DELETED else None


def _turned(content: bytes, file: FileChange, *, forward: bool) -> bytes | None:
    lines = decode(content).split("\n")
    ended = not lines[-1]
    if ended:
        lines.pop()
    parts: list[str] = []
    at = 0
    for hunk in file.hunks:
        start = first_lines(hunk)[0 if forward else 1] - 1
        here, there = _sides(hunk, forward=forward)
        behind = start + len(here)
        # No fuzz as `patch` allows it: on a line that only looks alike, findings would be placed wrongly.
        if not at <= start <= len(lines) or lines[start:behind] != [text for text, _ in here]:
            return None
        parts += [*lines[at:start], *(text for text, _ in there)]
        at = behind
        # A line without a newline can only be the last one of its version.
        if behind < len(lines):
            if not (_ends(here) and _ends(there)):
                return None
        elif here and _ends(here) is not ended:
            return None
        else:
            ended = _ends(there)
    parts += lines[at:]
    return encode("\n".join(parts) + ("\n" if parts and ended else ""))


def _sides(hunk: Hunk, *, forward: bool) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The lines of the version at hand and of the wanted one, each with whether a newline ends it."""
    gone, come = (LineKind.ADDED, LineKind.REMOVED) if forward else (LineKind.REMOVED, LineKind.ADDED)
    here = [(line.text, line.newline) for line in hunk.lines if line.kind is not gone]
    there = [(line.text, line.newline) for line in hunk.lines if line.kind is not come]
    return here, there


def _ends(side: list[tuple[str, bool]]) -> bool:
    """Whether a newline ends the last line of a side."""
    return not side or side[-1][1]
