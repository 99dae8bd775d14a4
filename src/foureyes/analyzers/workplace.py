"""A private directory with the files of one batch, under names that no program can misread."""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from foureyes.analyzers.port import AnalyzedFile

# A leading dash reads as an option, other signs mean something to a shell or a glob, and 240 bytes leave room for
# what tools append to a name before the file system refuses it.
_SAFE_PATH: Final = re.compile(
    r"(?!.{241})(?:[A-Za-z0-9_.+@][A-Za-z0-9_.+@-]{0,99}/){0,24}[A-Za-z0-9_.+@][A-Za-z0-9_.+@-]{0,99}"
)
# A repository may hold files that are named like our made-up ones; those are renamed too, so that none collide.
_LIKE_MADE_UP: Final = re.compile(r"_\d+(?:/|$)|\.github(?:/workflows)?$|\.github/workflows/renamed\d")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.+@-]+")
_WORKFLOWS: Final = ".github/workflows"


@dataclass(frozen=True, slots=True)
class Workplace:
    """`files` as a tool may see them: same contents and languages, safe paths under `root`."""

    root: Path
    files: tuple[AnalyzedFile, ...]
    original: dict[str, str]
    """The repository's path for each safe one."""


@asynccontextmanager
async def written(files: Sequence[AnalyzedFile]) -> AsyncIterator[Workplace]:
    """Write `files` out; the directory is gone afterwards. Others on the machine can't read it."""
    # mkdtemp makes it readable for its owner alone; the code of a private repository is in it.
    root = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="foureyes-"))
    try:
        yield await asyncio.to_thread(_write, root, files)
    finally:
        await asyncio.to_thread(shutil.rmtree, root, ignore_errors=True)


def _write(root: Path, files: Sequence[AnalyzedFile]) -> Workplace:
    safe = safe_paths([file.path for file in files])
    for file, path in zip(files, safe, strict=True):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    shown = tuple(replace(file, path=path) for file, path in zip(files, safe, strict=True))
    return Workplace(root, shown, dict(zip(safe, (file.path for file in files), strict=True)))


def safe_paths(paths: Sequence[str]) -> list[str]:
    """For each path itself, where it is harmless, or else a made-up one with as much of its name as tools go by."""
    harmless = {path for path in paths if _is_safe(path)}
    # No file may stand where another needs a directory: one tree can't hold both, but a hostile list can.
    parents = {str(parent) for path in harmless for parent in PurePosixPath(path).parents}
    return [path if path in harmless - parents else _made_up(path, number) for number, path in enumerate(paths, 1)]


def _is_safe(path: str) -> bool:
    if _SAFE_PATH.fullmatch(path) is None or _LIKE_MADE_UP.match(path):
        return False
    return {".", ".."}.isdisjoint(path.split("/"))


def _made_up(path: str, number: int) -> str:
    directory, _, name = path.rpartition("/")
    name = _UNSAFE.sub("_", name)[-60:].lstrip(".-_") or "file"
    # Tools know a workflow by its directory.
    return f"{_WORKFLOWS}/renamed{number}-{name}" if directory == _WORKFLOWS else f"_{number}/{name}"
