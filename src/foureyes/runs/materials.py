"""What a review is made from: sources out of the store, or out of a clone; never a file of this server's own disk."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from foureyes.blobs.service import find_blobs, unpacked
from foureyes.engine.architecture.churn import Churn, recent_churn
from foureyes.engine.collect import collect
from foureyes.engine.debug.values import DebugRequest
from foureyes.engine.material import Material
from foureyes.engine.policy import Policy
from foureyes.engine.request import CommitRange, OneCommit, Patch, Request, SentFiles
from foureyes.errors import InvalidRequestError, NotFoundError, UnknownRevisionError
from foureyes.git.clones import CloneCache
from foureyes.git.repository import Repository
from foureyes.git.trees import MemoryTree, Tree
from foureyes.kit.database.port import Database
from foureyes.kit.text import decode, printable
from foureyes.reviews.request import FilesSource, PatchSource, RepositorySource, StoredFile
from foureyes.runs.port import Claimed

# Databases cap the number of parameters of a statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an architecture is made from: a version of the code, and how often its files change where that is known."""

    tree: Tree
    policy: Policy
    churn: Churn | None = None


@dataclass(frozen=True, slots=True)
class Materials:
    """Where sources come from. `clones` holds a folder for each workspace: who may use a clone may read all of it.

    The policy of a request, where there is one, stands in place of the repository's: whoever asks decides how they
    want to be told. `allow_local` also clones from this machine, which is for tests alone.
    """

    database: Database
    clones: Path
    allow_local: bool = False

    @asynccontextmanager
    async def change(self, claimed: Claimed) -> AsyncIterator[Material]:
        """The material of a review, to be used inside of the block: a clone may be removed after it.

        Raises:
            NotFoundError: a source is not in the store any more.
            UsageError: a revision, a patch or the policy can't be used.
            GitError: the repository can't be had; RemoteUnavailableError: not now.
        """
        source = claimed.request.source
        if isinstance(source, RepositorySource):
            async with self._cloned(claimed, source) as (repository, revisions):
                yield await collect(_request(claimed, _range(*revisions)), repository)
        elif isinstance(source, PatchSource):
            files = await self._files(claimed, source.files)
            patch = await self._content(claimed, source.digest)
            yield await collect(_request(claimed, Patch(patch, files)))
        else:
            yield await collect(_request(claimed, SentFiles(await self._files(claimed, source.files))))

    @asynccontextmanager
    async def debugging(self, claimed: Claimed) -> AsyncIterator[DebugRequest]:
        """The error and the code around it: the version that the source leads to. Raises as `change` does."""
        digest = claimed.request.error_digest
        if digest is None:
            raise InvalidRequestError("There is no error to look into: send its text.")
        error = decode(await self._content(claimed, digest))
        async with self.change(claimed) as material:
            yield DebugRequest(error, material.head, material.policy)

    @asynccontextmanager
    async def mapping(self, claimed: Claimed) -> AsyncIterator[Mapped]:
        """The version to map, with its history where it comes from a repository. Raises as `change` does."""
        source = claimed.request.source
        if isinstance(source, PatchSource):
            raise InvalidRequestError("A patch is no whole code to map: send files, or the address of a repository.")
        if isinstance(source, FilesSource):
            tree: Tree = MemoryTree(await self._files(claimed, source.files))
            async with self.change(claimed) as material:
                yield Mapped(tree, material.policy)
            return
        async with self._cloned(claimed, source) as (repository, (_, head)):
            commit = await repository.resolve(head)
            yield Mapped(repository.tree(commit), Policy(), await recent_churn(repository, commit))

    @asynccontextmanager
    async def _cloned(
        self, claimed: Claimed, source: RepositorySource
    ) -> AsyncIterator[tuple[Repository, tuple[str | None, str]]]:
        """The clone, with base and head as it names them."""
        cache = CloneCache(self.clones / str(claimed.workspace_id), allow_local=self.allow_local)
        base = None if source.base is None else _reference(source.base)
        head = _reference(source.head)
        async with cache.repository(source.url, fetch=[name for name in (base, head) if name]) as repository:
            yield repository, (base, head)

    async def _files(self, claimed: Claimed, files: tuple[StoredFile, ...]) -> dict[str, bytes]:
        absolute = next((file.path for file in files if file.path.startswith("/")), None)
        if absolute is not None:
            raise InvalidRequestError(f"{printable(absolute)} begins with a slash: name files as the project does.")
        contents = await self._contents(claimed, [file.digest for file in files])
        return {file.path: contents[file.digest] for file in files}

    async def _content(self, claimed: Claimed, digest: str) -> bytes:
        return (await self._contents(claimed, [digest]))[digest]

    async def _contents(self, claimed: Claimed, digests: list[str]) -> Mapping[str, bytes]:
        contents: dict[str, bytes] = {}
        wanted = sorted(set(digests))
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found = await self.database.read(find_blobs, claimed.workspace_id, part)
            contents |= {digest: await unpacked(blob) for digest, blob in found.items()}
        if len(contents) < len(wanted):
            raise NotFoundError("source (what is kept for long is removed: send it again)")
        return contents


def _request(claimed: Claimed, source: CommitRange | OneCommit | Patch | SentFiles) -> Request:
    asked = claimed.request
    # No environment overrides the policy here: the operator's settings are not the workspace's.
    return Request(source, title=asked.title, description=asked.description, policy=asked.policy)


def _range(base: str | None, head: str) -> CommitRange | OneCommit:
    """What the head adds since it left the base, as forges show it."""
    return OneCommit(head) if base is None else CommitRange(f"{base}...{head}")


def _reference(name: str) -> str:
    """A commit id or a full reference as it is; a bare name is taken for a branch."""
    if not name or ".." in name:
        raise UnknownRevisionError(name, hint="a branch, a full reference or a commit id is needed")
    whole = len(name) in (40, 64) and not set(name) - set("0123456789abcdef")
    return name if whole or name.startswith("refs/") else f"refs/heads/{name}"
