"""The header of one file in a patch that git made: names, modes, blobs, and what happened to the file."""

import re
from collections.abc import Sequence

from foureyes.diff import names
from foureyes.diff.values import FileChange, FileKind, FileStatus, Hunk
from foureyes.errors import MalformedPatchError
from foureyes.kit import text

_FIELD = re.compile(
    r"(old mode|new mode|deleted file mode|new file mode|rename from|rename to|copy from|copy to"
    r"|similarity index|dissimilarity index|index) (.+)",
    re.DOTALL,
)
_MODE = re.compile("[0-7]{6}")
_INDEX = re.compile("([0-9a-f]{4,64})[.][.]([0-9a-f]{4,64})(?: ([0-7]{6}))?")
_KINDS = {"120000": FileKind.SYMLINK, "160000": FileKind.SUBMODULE}


def kind_of(mode: str | None) -> FileKind:
    """What a mode alone tells: symbolic link, submodule, or else text."""
    return _KINDS.get(mode or "", FileKind.TEXT)


class GitHeader:
    """Takes the lines of a header one after the other, then makes the file of them."""

    def __init__(self, rest: str, line: int) -> None:
        self._rest = rest
        self._start = line
        self._fields: dict[str, str] = {}
        pair = names.header_pair(rest)
        self._both = names.common(*pair) if pair else None
        self._old, self._new = pair or ("", "")

    @property
    def names_both(self) -> bool:
        return bool(self._old)

    def take(self, line: str, number: int) -> bool:
        """Whether `line` is one of the header's, and is now part of it."""
        match = _FIELD.fullmatch(line)
        if match is None:
            return False
        key, value = match[1], match[2]
        pattern = _MODE if key.endswith("mode") else _INDEX if key == "index" else None
        if pattern and not pattern.fullmatch(value):
            raise MalformedPatchError(f"{key} {text.printable(value)!r} can't be read", line=number)
        self._fields[key] = names.unquoted(value)
        return True

    def name(self, old: str, new: str, line: int) -> None:
        """Take both names once more, prefixes included, from `---` and `+++`: they must be those above."""
        # git apply refuses such a patch, too: a reader could be shown one file while another one is changed.
        for field, said in ((old, self._said("from")), (new, self._said("to"))):
            if said and field not in (names.NOWHERE, said) and names.without_prefix(field) != said:
                raise MalformedPatchError(
                    f"the name {text.printable(field)!r} is not the one in the header above", line=line
                )
        self._old, self._new = old, new

    def file(self, hunks: Sequence[Hunk], *, binary: bool) -> FileChange:
        """The file that header and hunks describe.

        Raises:
            MalformedPatchError: the names don't tell which file it is, or it is outside of the tree.
        """
        status = self._status()
        old, new = self._names()
        path = self._inside(old if status is FileStatus.DELETED else new)
        # Only these two have an old path of their own; for all others it would be the same name twice.
        moved = status in (FileStatus.RENAMED, FileStatus.COPIED)
        old_mode, new_mode = self._modes(status)
        old_blob, new_blob = self._blobs()
        return FileChange(
            path,
            status,
            FileKind.BINARY if binary else kind_of(new_mode or old_mode),
            self._inside(old) if moved else None,
            old_mode,
            new_mode,
            old_blob,
            new_blob,
            tuple(hunks),
        )

    def _said(self, end: str) -> str | None:
        return self._fields.get(f"rename {end}") or self._fields.get(f"copy {end}") or self._both

    def _names(self) -> tuple[str, str]:
        # The header's own lines have no prefix; those of `---` and `+++` may have any, or none.
        old, new = self._said("from"), self._said("to")
        if old and new:
            return old, new
        if self._old:
            return names.plain_pair(self._old, self._new)
        return names.plain_pair(*names.likely_pair(self._rest, " "))

    def _inside(self, name: str) -> str:
        path = names.inside(name)
        if path is None or name == names.NOWHERE:
            shown = text.printable(name)
            raise MalformedPatchError(f"the name {shown!r} is not one of a file inside the tree", line=self._start)
        return path

    def _status(self) -> FileStatus:
        for key, status in (
            ("new file mode", FileStatus.ADDED),
            ("deleted file mode", FileStatus.DELETED),
            ("rename to", FileStatus.RENAMED),
            ("copy to", FileStatus.COPIED),
        ):
            if key in self._fields:
                return status
        if names.NOWHERE in (self._old, self._new):
            return FileStatus.ADDED if self._old == names.NOWHERE else FileStatus.DELETED
        return FileStatus.MODIFIED

    def _modes(self, status: FileStatus) -> tuple[str | None, str | None]:
        # A mode that did not change stands behind the blobs.
        index = _INDEX.fullmatch(self._fields.get("index", ""))
        same = index[3] if index else None
        old = self._fields.get("old mode") or self._fields.get("deleted file mode") or same
        new = self._fields.get("new mode") or self._fields.get("new file mode") or same
        return (
            None if status is FileStatus.ADDED else old,
            None if status is FileStatus.DELETED else new,
        )

    def _blobs(self) -> tuple[str | None, str | None]:
        index = _INDEX.fullmatch(self._fields.get("index", ""))
        if index is None:
            return None, None
        return _blob(index[1]), _blob(index[2])


def _blob(written: str) -> str | None:
    # Git writes zeros for a side that is not there, or that it has not hashed yet.
    return written if written.strip("0") else None
