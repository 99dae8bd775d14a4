"""Paths as people name them: made absolute, and counted from the top of a repository."""

import os
from collections.abc import Sequence
from pathlib import Path

from foureyes.errors import UsageError
from foureyes.kit.text import printable


def absolute(path: Path, folder: Path) -> Path:
    """A named path without `.` and `..`. Links stay links: what is named may be one."""
    return Path(os.path.normpath((folder / path).absolute()))


def existing(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Named paths as absolute ones.

    Raises:
        UsageError: one does not exist.
    """
    for path in paths:
        if not exists(path, folder):
            raise UsageError(f"{_shown(path)} does not exist: name a file, a folder, a commit or a range.")
    return [absolute(path, folder) for path in paths]


def exists(path: Path, folder: Path) -> bool:
    """Whether there is something of that name, be it a link that leads nowhere."""
    return os.path.lexists(absolute(path, folder))


def from_top(path: Path, top: Path) -> str | None:
    """An absolute path as it is counted from `top`; None where it is outside."""
    # First as written. The resolved form is for `/tmp` and its like, which are links on some systems; the last name
    # is kept, since a link that is named is to be reviewed as a link.
    for full, root in ((path, top), (path.parent.resolve() / path.name, top.resolve())):
        if full.is_relative_to(root):
            relative = full.relative_to(root).as_posix()
            return "" if relative == "." else relative
    return None


def inside(path: Path, folder: Path, top: Path) -> str:
    """A named path as it is counted from `top`.

    Raises:
        UsageError: it is outside.
    """
    relative = from_top(absolute(path, folder), top)
    if relative is None:
        raise UsageError(f"{_shown(path)} is outside of the repository {_shown(top)}.")
    return relative or "."


def _shown(path: Path) -> str:
    return printable(str(path))
