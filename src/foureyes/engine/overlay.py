"""A tree with some of its files replaced or taken away: what a patch makes of a checkout."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from foureyes.git.trees import Match, MemoryTree, Tree


class OverlayTree:
    """`under`, with the contents of `files` on top and without the paths that are `gone`."""

    def __init__(self, under: Tree, files: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
        self._under = under
        self._over = MemoryTree(files)
        self._mine = set(files)
        self._hidden = {*files, *gone}

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        wanted = list(paths)
        below = await self._under.read([path for path in wanted if path not in self._hidden])
        return {**below, **await self._over.read(path for path in wanted if path in self._mine)}

    async def paths(self) -> Sequence[str]:
        return sorted({*await self._under.paths()} - self._hidden | self._mine)

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        wanted = list(words)
        # What is hidden may use up the limit below; a patch hides few files.
        below = [match for match in await self._under.search(wanted, limit=limit) if match.path not in self._hidden]
        found = [*below, *await self._over.search(wanted, limit=limit)]
        return sorted(found, key=lambda match: (match.path, match.line))[:limit]
