"""Unified diffs to changes: git's, and those of `diff -u`, Subversion, Mercurial and Bazaar. Strict and linear.

The format is that of git-diff(1), *Generating patch text with -p*, and of GNU diffutils, *Unified Format*.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from foureyes.diff import names
from foureyes.diff.header import GitHeader
from foureyes.diff.hunks import read_hunks
from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, Hunk
from foureyes.errors import MalformedPatchError
from foureyes.kit import text

_BINARY = re.compile(r"Binary files (.+) differ")
_HG_BINARY = re.compile(r"Binary file (.+) has changed(?: to .+)?")
_SVN_BINARY = "Cannot display: file marked as a binary type."
_COMBINED = ("diff --cc ", "diff --combined ", "@@@ ")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def parse_patch(data: bytes, *, base: str = "", head: str = "") -> Change:
    """The change that a unified diff describes. `base` and `head` name its versions. An empty diff is an empty change.

    Raises:
        MalformedPatchError: it is no unified diff, is cut, contradicts itself, or is the combined diff of a merge.
    """
    if data.startswith(_UTF16):
        raise MalformedPatchError("it is UTF-16; write it with `git diff --output=FILE`, not with PowerShell's `>`")
    # Only "\n" ends a line: `str.splitlines` would also cut at form feeds and at U+2028, in the middle of lines.
    lines = text.decode(data.removeprefix(b"\xef\xbb\xbf")).split("\n")
    if not lines[-1]:
        lines.pop()
    files = _Patch(lines).files()
    if not files and data.strip():
        raise MalformedPatchError("no file header (`diff --git`, or `---` and `+++`) is in it")
    return Change(base, head, files)


class _Patch:
    """The lines of a patch and how far they have been read; whatever stands between file sections is passed over."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._index_name = ""
        self._files: list[FileChange] = []
        self._seen: set[str] = set()

    def files(self) -> tuple[FileChange, ...]:
        while self._at < len(self._lines):
            start = self._at
            file = self._section()
            if file is not None:
                self._add(file, start + 1)
        return tuple(self._files)

    def _section(self) -> FileChange | None:
        line = self._line()
        if line.startswith("diff --git "):
            return self._git_section()
        if line.startswith("--- ") and self._line(1).startswith("+++ "):
            return self._plain_section()
        self._at += 1
        if line.startswith(_COMBINED):
            raise MalformedPatchError("this is the combined diff of a merge; take `git diff A...B`", line=self._at)
        if line.startswith("@@ -"):
            raise MalformedPatchError("this hunk has no file header above it", line=self._at)
        return self._binary_remark(line)

    def _line(self, ahead: int = 0) -> str:
        """A line outside of hunks; a carriage return at its end came with the patch, for git quotes those in names."""
        at = self._at + ahead
        return self._lines[at].removesuffix("\r") if at < len(self._lines) else ""

    def _add(self, file: FileChange, line: int) -> None:
        if self._files and _is_type_change(self._files[-1], file):
            self._files[-1] = _type_change(self._files[-1], file)
            return
        # Of a series, the line numbers of one patch mean the file as the patch before left it, which nobody has.
        if file.path in self._seen:
            shown = text.printable(file.path)
            raise MalformedPatchError(
                f"{shown} is changed a second time; a series of patches must be one diff", line=line
            )
        self._seen.add(file.path)
        self._files.append(file)

    def _git_section(self) -> FileChange:
        start = self._at + 1
        header = GitHeader(self._line().removeprefix("diff --git "), start)
        self._at += 1
        while header.take(self._line(), self._at + 1):
            self._at += 1
        binary = self._takes_binary(header)
        hunks: tuple[Hunk, ...] = ()
        if not binary and self._line().startswith("--- "):
            old, new = self._file_fields()
            header.name(old, new, self._at)
            hunks = self._hunks()
        return header.file(hunks, binary=binary)

    def _takes_binary(self, header: GitHeader) -> bool:
        """Whether the file is said to be binary. Base-85 data that may follow has no spaces: it looks like nothing."""
        match = _BINARY.fullmatch(self._line())
        if match and not header.names_both:
            header.name(*names.likely_pair(match[1], " and "), self._at + 1)
        if not match and self._line() != "GIT binary patch":
            return False
        self._at += 1
        return True

    def _plain_section(self) -> FileChange:
        start = self._at + 1
        old, new = names.plain_pair(*self._file_fields())
        path = _inside(old if new == names.NOWHERE else new, start)
        hunks = self._hunks()
        return FileChange(path, _plain_status(old, new, hunks), hunks=hunks)

    def _file_fields(self) -> tuple[str, str]:
        old, new = self._line(), self._line(1)
        if not new.startswith("+++ "):
            raise MalformedPatchError("a line `+++ NAME` must follow here", line=self._at + 2)
        self._at += 2
        return names.field(old[4:]), names.field(new[4:])

    def _hunks(self) -> tuple[Hunk, ...]:
        hunks, self._at = read_hunks(self._lines, self._at)
        return hunks

    def _binary_remark(self, line: str) -> FileChange | None:
        """What `diff -r`, Subversion and Mercurial say instead of a header and hunks."""
        if line.startswith("Index: "):
            self._index_name = line.removeprefix("Index: ")
        if line == _SVN_BINARY and self._index_name:
            return _binary_file(names.NOWHERE, self._index_name, self._at)
        match = _HG_BINARY.fullmatch(line)
        if match:
            return _binary_file(names.NOWHERE, match[1], self._at)
        match = _BINARY.fullmatch(line)
        if match:
            return _binary_file(*names.plain_pair(*names.likely_pair(match[1], " and ")), self._at)
        return None


def _binary_file(old: str, new: str, line: int) -> FileChange:
    path = _inside(old if new == names.NOWHERE else new, line)
    return FileChange(path, FileStatus.MODIFIED, FileKind.BINARY)


def _inside(name: str, line: int) -> str:
    path = names.inside(name)
    if path is None:
        raise MalformedPatchError(f"the name {text.printable(name)!r} is not one of a file inside the tree", line=line)
    return path


def _plain_status(old: str, new: str, hunks: Sequence[Hunk]) -> FileStatus:
    """Without git's header, a lone hunk with nothing on one side is all that tells a new file from a changed one."""
    # `diff -uN` names the file that is not there, with a time stamp of 1970, and not /dev/null.
    if old == names.NOWHERE or (len(hunks) == 1 and (hunks[0].old_start, hunks[0].old_count) == (0, 0)):
        return FileStatus.ADDED
    if new == names.NOWHERE or (len(hunks) == 1 and (hunks[0].new_start, hunks[0].new_count) == (0, 0)):
        return FileStatus.DELETED
    return FileStatus.MODIFIED


def _is_type_change(earlier: FileChange, later: FileChange) -> bool:
    """Git writes a file that became a link, or the reverse, as a deletion and an addition one after the other."""
    return (
        earlier.path == later.path
        and (earlier.status, later.status) == (FileStatus.DELETED, FileStatus.ADDED)
        and earlier.old_mode is not None
        and later.new_mode is not None
    )


def _type_change(earlier: FileChange, later: FileChange) -> FileChange:
    return replace(
        later,
        status=FileStatus.TYPE_CHANGED,
        old_mode=earlier.old_mode,
        old_blob=earlier.old_blob,
        hunks=earlier.hunks + later.hunks,
    )
