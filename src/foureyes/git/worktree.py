"""The files as they are on disk. Links are never followed: a hostile checkout may point them out of itself."""

import asyncio
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from foureyes.git.door import Git
from foureyes.git.objecttrees import LARGEST_FILE
from foureyes.git.searching import search
from foureyes.git.trees import Match
from foureyes.kit.text import decode, encode

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, a named pipe in the checkout would hold the reader for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class WorkTree:
    """Tracked files, and untracked ones that are not ignored, below the top of a work tree."""

    def __init__(self, git: Git, top: Path, *, largest: int = LARGEST_FILE) -> None:
        self._git = git
        self._top = top
        self._largest = largest

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        return await asyncio.to_thread(read_files, self._top, list(paths), self._largest)

    async def paths(self) -> Sequence[str]:
        listing = await self._git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        known = sorted({decode(path) for path in listing.split(b"\0") if path})
        return await asyncio.to_thread(_regular_files, self._top, known)

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        return await search(self, self._git, words, where=("--untracked", "--"), limit=limit)


def read_files(top: Path, paths: Iterable[str], largest: int) -> dict[str, bytes]:
    """The contents of those of `paths` below `top` that are regular files of at most `largest` bytes, links apart."""
    contents: dict[str, bytes] = {}
    for path in paths:
        with suppress(OSError, ValueError):
            contents[path] = _read_file(top, path, largest)
    return contents


def _regular_files(top: Path, paths: Iterable[str]) -> list[str]:
    found: list[str] = []
    for path in paths:
        with suppress(OSError, ValueError):
            os.close(_open_file(top, path))
            found.append(path)
    return found


def _read_file(top: Path, path: str, largest: int) -> bytes:
    descriptor = _open_file(top, path)
    with os.fdopen(descriptor, "rb") as file:
        # One byte more than allowed tells a large file, whatever its size was when it was listed.
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError("larger than allowed")
    return content


def _open_file(top: Path, path: str) -> int:
    """A descriptor of a regular file, reached from `top` one name at a time.

    Raises:
        OSError, ValueError: there is no such file, it is none, or a name on the way is a link or leads upwards.
    """
    *folders, name = encode(path).split(b"/")
    if not all(_is_plain(part) for part in (*folders, name)):
        raise ValueError("not a path inside a work tree")
    # From name to name by descriptor: a folder that is swapped for a link in between leads nowhere.
    folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        descriptor = os.open(name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("not a regular file")
    return descriptor


def _is_plain(part: bytes) -> bool:
    """A name that stays below its folder; git's own directory holds credentials, and is no part of a tree."""
    return part not in (b"", b".", b"..") and part.lower() != b".git" and b"\0" not in part
