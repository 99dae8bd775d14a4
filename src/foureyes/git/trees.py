"""One version of a repository's files, to be read without a work tree; and its twin in memory."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Match:
    """One line that a search found; `line` counts from 1."""

    path: str
    line: int
    text: str


class Tree(Protocol):
    """One version of a repository's files. Paths are relative, with `/`, decoded as in `kit.text`."""

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The contents of those of `paths` that are regular files here; anything else is left out.

        Links are never followed and files over the tree's size cap are left out too.
        """
        ...

    async def paths(self) -> Sequence[str]:
        """Every regular file of this version that git knows, sorted."""
        ...

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        """Lines that hold one of `words` as a whole word, at most `limit`, in the order of paths."""
        ...


class MemoryTree:
    """A tree that is given as a mapping: pasted files, a bare patch, tests."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        return {path: self._files[path] for path in paths if path in self._files}

    async def paths(self) -> Sequence[str]:
        return sorted(self._files)

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        wanted = "|".join(re.escape(word) for word in words)
        if not wanted:
            return []
        pattern = re.compile(rf"\b(?:{wanted})\b")
        found: list[Match] = []
        for path in sorted(self._files):
            for number, text in enumerate(self._files[path].decode("utf-8", "surrogateescape").split("\n"), 1):
                if pattern.search(text):
                    found.append(Match(path, number, text))
                    if len(found) == limit:
                        return found
        return found
