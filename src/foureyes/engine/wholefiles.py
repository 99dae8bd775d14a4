"""Files as they are, reviewed whole: a change in which every line is new."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, Hunk, Line, LineKind
from foureyes.engine.conventions import ROOT_CONVENTIONS
from foureyes.engine.places import absolute, existing, from_top
from foureyes.engine.policy import POLICY_FILE, RULES_FOLDER
from foureyes.engine.setaside import ATTRIBUTES_FILE, aside_by_name
from foureyes.errors import UsageError
from foureyes.git.objecttrees import LARGEST_FILE
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.git.trees import MemoryTree, Tree
from foureyes.git.worktree import read_files
from foureyes.kit.text import decode

# Someone in their home folder types a dot: without a limit that would read for hours.
_MOST_FILES = 20_000
# Git looks for a zero byte in the first 8,000 bytes, and what it calls binary is no text here either.
_SNIFFED = 8_000
_NEVER = frozenset({".git", "__pycache__", ".venv", ".tox"})


def whole(path: str, content: bytes) -> FileChange:
    """A file as if it had just been added."""
    if b"\0" in content[:_SNIFFED]:
        return FileChange(path, FileStatus.ADDED, FileKind.BINARY)
    texts = decode(content).split("\n")
    ended = not texts[-1]
    texts = texts[:-1] if ended else texts
    last = len(texts)
    lines = tuple(
        Line(LineKind.ADDED, None, number, text, ended or number < last) for number, text in enumerate(texts, 1)
    )
    return FileChange(path, FileStatus.ADDED, hunks=(Hunk(0, 0, 1, last, "", lines),) if lines else ())


def sent_whole(files: Mapping[str, bytes]) -> Change:
    """The change that adds these files."""
    return Change("", "as sent", tuple(whole(path, content) for path, content in sorted(files.items())))


async def whole_files(paths: Sequence[Path], folder: Path, repository: Repository | None) -> tuple[Change, Tree]:
    """The change that adds the named files and what is in the named folders, and the tree that it is read from.

    In a repository, what git ignores is left out of folders; a file that is named itself is taken whatever git says.

    Raises:
        UsageError: a path does not exist, or there are too many files.
    """
    named = existing(paths, folder)
    if repository is not None and not repository.bare:
        places = {path: from_top(path, repository.top) for path in named}
        inside = {path: place for path, place in places.items() if place is not None}
        if len(inside) == len(places):
            tree = repository.tree(WORKING_TREE)
            return await asyncio.to_thread(_change, repository.top, inside, await tree.paths()), tree
    return await asyncio.to_thread(_without_repository, named, folder)


def _without_repository(named: Sequence[Path], folder: Path) -> tuple[Change, Tree]:
    """The same where no git says what belongs together; paths are counted from where someone stands, if they can be."""
    here = absolute(Path(), folder)
    if not all(path.is_relative_to(here) for path in named):
        here = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in named]))
    places = {path: from_top(path, here) or "" for path in named}
    known = [file for path in named if path.is_dir() for file in _walk(path, here)]
    change = _change(here, places, known)
    contents = read_files(here, [*_house_files(here), *(file.path for file in change.files)], LARGEST_FILE)
    return change, MemoryTree(contents)


def _change(top: Path, places: Mapping[Path, str], known: Sequence[str]) -> Change:
    """The named files themselves, and those of the known files that are in the named folders."""
    folders = [
        f"{place}/" if place else "" for path, place in places.items() if path.is_dir() and not path.is_symlink()
    ]
    chosen = {path for path in known if path.startswith(tuple(folders))}
    chosen |= {place for path, place in places.items() if path.is_symlink() or not path.is_dir()}
    if len(chosen) > _MOST_FILES:
        raise UsageError(f"These are {len(chosen):,} files, more than {_MOST_FILES:,}: name fewer folders.")
    contents = read_files(top, chosen, LARGEST_FILE)
    return Change("", WORKING_TREE, tuple(_file(path, contents.get(path), top) for path in sorted(chosen)))


def _file(path: str, content: bytes | None, top: Path) -> FileChange:
    if content is not None:
        return whole(path, content)
    if (top / path).is_symlink():
        return FileChange(path, FileStatus.ADDED, FileKind.SYMLINK)
    # It could not be read. Without any line it would pass for an empty file.
    return FileChange(path, FileStatus.ADDED, hunks=(Hunk(0, 0, 1, 1, "", (Line(LineKind.ADDED, None, 1, ""),)),))


def _walk(place: Path, here: Path) -> Iterator[str]:
    """Every file below a folder, as counted from `here`. Links are not followed: they may lead in circles."""
    for folder, inner, names in os.walk(place):
        inside = {name: Path(folder, name).relative_to(here).as_posix() for name in (*inner, *names)}
        # Installed packages can be a hundred times the code; screening would set them aside file by file.
        inner[:] = sorted(name for name in inner if name not in _NEVER and not aside_by_name(f"{inside[name]}/x"))
        yield from (inside[name] for name in sorted(names))


def _house_files(top: Path) -> list[str]:
    """Where a folder without a repository says something about reviews: policy, team rules, conventions."""
    rules = [path.relative_to(top).as_posix() for path in sorted((top / RULES_FOLDER).glob("*.y*ml"))]
    return [POLICY_FILE, ATTRIBUTES_FILE, *ROOT_CONVENTIONS, *rules]
