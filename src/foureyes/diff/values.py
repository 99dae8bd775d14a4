"""A change as frozen values: changed files, their hunks, and each line of a hunk.

Text is decoded with `surrogateescape` (`kit.text`), so that bytes which are not UTF-8 survive. A line's text holds
neither its `+`, `-` or space nor its newline; a carriage return belongs to the text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class FileStatus(StrEnum):
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    TYPE_CHANGED = "type-changed"


class FileKind(StrEnum):
    TEXT = "text"
    BINARY = "binary"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"


class Side(StrEnum):
    """Which version of a file a line number belongs to: the old one is left, the new one right."""

    LEFT = "left"
    RIGHT = "right"


class LineKind(StrEnum):
    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"


class Line(NamedTuple):
    """One line of a hunk, numbered from 1 on each side: an added line has no `old`, a removed one no `new`.

    A named tuple, because a frozen dataclass takes three times as long to make and a large diff has 100,000 of them.
    """

    kind: LineKind
    old: int | None
    new: int | None
    text: str
    newline: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """`section` is what git prints behind the second `@@`. A side with count 0 starts at the line before the gap."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[Line, ...]

    @property
    def header(self) -> str:
        return f"@@ -{self.old_start},{self.old_count} +{self.new_start},{self.new_count} @@"

    @property
    def added(self) -> int:
        return sum(line.kind is LineKind.ADDED for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(line.kind is LineKind.REMOVED for line in self.lines)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file. `path` is where it is now (for a deleted file: where it was); modes are git's octal text."""

    path: str
    status: FileStatus
    kind: FileKind = FileKind.TEXT
    old_path: str | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    old_blob: str | None = None
    new_blob: str | None = None
    hunks: tuple[Hunk, ...] = ()

    @property
    def added(self) -> int:
        return sum(hunk.added for hunk in self.hunks)

    @property
    def removed(self) -> int:
        return sum(hunk.removed for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class Change:
    """What is reviewed. `base` and `head` name the versions: commit ids, or words such as `index`, `working tree`."""

    base: str
    head: str
    files: tuple[FileChange, ...]
    title: str = ""
    description: str = ""

    @property
    def added(self) -> int:
        return sum(file.added for file in self.files)

    @property
    def removed(self) -> int:
        return sum(file.removed for file in self.files)

    def file(self, path: str) -> FileChange | None:
        return next((file for file in self.files if file.path == path), None)
