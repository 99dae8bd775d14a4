"""Trees that git holds as objects: a commit's files and the index, read without a work tree."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from foureyes.diff.names import inside
from foureyes.git.blobs import Bring, have, read
from foureyes.git.door import Git
from foureyes.git.searching import search
from foureyes.git.trees import Match
from foureyes.kit.text import decode

LARGEST_FILE = 10 << 20
"""Bytes of a file that any tree reads; larger ones are left out."""

# A character is up to four bytes; systems take at least 128 KiB of arguments.
_ARGUMENT_CHARACTERS = 25_000
# Links and submodules are left out: what they lead to is no file of this tree. 100664 stands in very old
# repositories.
_REGULAR = ("100644", "100755", "100664")


class CommitTree:
    """The files of one commit (or tree). `bring` gives a partial clone what it lacks before it is read."""

    def __init__(self, git: Git, commit: str, *, bring: Bring | None = None, largest: int = LARGEST_FILE) -> None:
        self._git = git
        self._commit = commit
        self._bring = bring
        self._largest = largest

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        # git refuses a whole call for one path that leads out of the tree; such a path has no file here anyway.
        wanted = {path for path in paths if inside(path) == path}
        found: dict[str, str] = {}
        for some in _in_pieces(wanted):
            found.update(await self._blobs(*some))
        return await _contents(self._git, found, wanted, self._largest, self._bring)

    async def paths(self) -> Sequence[str]:
        return sorted(await self._blobs(recurse=True))

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        if self._bring is not None:
            await have(self._git, set((await self._blobs(recurse=True)).values()), self._bring)
        where = (self._commit, "--")
        return await search(self, self._git, words, where=where, limit=limit, prefix=f"{self._commit}:")

    async def _blobs(self, *paths: str, recurse: bool = False) -> dict[str, str]:
        options = ("-r",) if recurse else ()
        listing = await self._git.run("ls-tree", "-z", "--full-tree", *options, self._commit, "--", *paths)
        return dict(_regular(listing, blob=2))


class IndexTree:
    """The files as they are staged; a file in conflict is left out."""

    def __init__(self, git: Git, *, largest: int = LARGEST_FILE) -> None:
        self._git = git
        self._largest = largest

    async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        return await _contents(self._git, await self._blobs(), paths, self._largest)

    async def paths(self) -> Sequence[str]:
        return sorted(await self._blobs())

    async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
        return await search(self, self._git, words, where=("--cached", "--"), limit=limit)

    async def _blobs(self) -> dict[str, str]:
        listing = await self._git.run("ls-files", "--stage", "-z")
        return dict(_regular(listing, blob=1, stage=2))


async def _contents(
    git: Git, known: Mapping[str, str], paths: Iterable[str], largest: int, bring: Bring | None = None
) -> dict[str, bytes]:
    found = {path: known[path] for path in paths if path in known}
    contents = await read(git, set(found.values()), largest=largest, bring=bring)
    return {path: contents[blob] for path, blob in found.items() if blob in contents}


def _regular(listing: bytes, *, blob: int, stage: int | None = None) -> Iterator[tuple[str, str]]:
    """Paths and blobs of regular files in git's listings: facts with the mode first, a tab, the path, NUL."""
    for entry in listing.split(b"\0")[:-1]:
        facts, _, path = entry.partition(b"\t")
        parts = facts.decode().split(" ")
        if parts[0] in _REGULAR and (stage is None or parts[stage] == "0"):
            yield decode(path), parts[blob]


def _in_pieces(paths: Collection[str]) -> Iterator[Sequence[str]]:
    """Paths in groups that fit on a command line."""
    piece: list[str] = []
    size = 0
    for path in sorted(paths):
        if piece and size + len(path) > _ARGUMENT_CHARACTERS:
            yield piece
            piece, size = [], 0
        piece.append(path)
        size += len(path)
    if piece:
        yield piece
