"""A change back to a unified diff that `git apply` takes."""

from collections.abc import Iterator
from dataclasses import replace

from foureyes.diff.names import NOWHERE, quoted
from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, Hunk, LineKind
from foureyes.kit import text

_MARKS = {LineKind.CONTEXT: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-"}
_PLAIN_MODE = "100644"


def render(change: Change) -> bytes:
    """The change as a patch. Binary files carry no content: `git apply` takes those only where their blobs are."""
    lines = (line for file in change.files for section in _sections(file) for line in _section(section))
    return text.encode("".join(f"{line}\n" for line in lines))


def _sections(file: FileChange) -> tuple[FileChange, ...]:
    """A file that changed its type is written as a deletion and an addition, as git does."""
    if file.status is not FileStatus.TYPE_CHANGED:
        return (file,)
    gone = tuple(hunk for hunk in file.hunks if not hunk.new_count)
    come = tuple(hunk for hunk in file.hunks if hunk.new_count)
    return (
        replace(file, status=FileStatus.DELETED, new_mode=None, new_blob=None, hunks=gone),
        replace(file, status=FileStatus.ADDED, old_mode=None, old_blob=None, hunks=come),
    )


def _section(file: FileChange) -> Iterator[str]:
    old = quoted(f"a/{file.old_path or file.path}")
    new = quoted(f"b/{file.path}")
    yield f"diff --git {old} {new}"
    yield from _what_happened(file)
    yield from _index(file)
    old = NOWHERE if file.status is FileStatus.ADDED else old
    new = NOWHERE if file.status is FileStatus.DELETED else new
    if file.kind is FileKind.BINARY:
        yield f"Binary files {old} and {new} differ"
    if file.hunks:
        yield f"--- {_before_tab(old)}"
        yield f"+++ {_before_tab(new)}"
    for hunk in file.hunks:
        yield from _hunk(hunk)


def _what_happened(file: FileChange) -> Iterator[str]:
    if file.status is FileStatus.ADDED:
        yield f"new file mode {file.new_mode or _PLAIN_MODE}"
    elif file.status is FileStatus.DELETED:
        yield f"deleted file mode {file.old_mode or _PLAIN_MODE}"
    elif file.old_mode and file.new_mode and file.old_mode != file.new_mode:
        yield f"old mode {file.old_mode}"
        yield f"new mode {file.new_mode}"
    verb = {FileStatus.RENAMED: "rename", FileStatus.COPIED: "copy"}.get(file.status)
    if verb:
        yield f"{verb} from {quoted(file.old_path or file.path)}"
        yield f"{verb} to {quoted(file.path)}"


def _index(file: FileChange) -> Iterator[str]:
    """The line with both blobs, where both are known or are none; a mode stands on it where it did not change."""
    known = file.old_blob or file.new_blob
    old = file.old_blob or (known and file.status is FileStatus.ADDED and "0" * len(known))
    new = file.new_blob or (known and file.status is FileStatus.DELETED and "0" * len(known))
    if old and new and old != new:
        mode = f" {file.new_mode}" if file.new_mode and file.new_mode == file.old_mode else ""
        yield f"index {old}..{new}{mode}"


def _before_tab(name: str) -> str:
    """A name with a space ends in a tab here, lest what follows the space be taken for a time stamp."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name


def _hunk(hunk: Hunk) -> Iterator[str]:
    yield f"{hunk.header} {hunk.section}" if hunk.section else hunk.header
    for line in hunk.lines:
        yield _MARKS[line.kind] + line.text
        if not line.newline:
            yield "\\ No newline at end of file"
