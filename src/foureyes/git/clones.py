"""A folder of clones that several processes share: fetched into, read from, and the least used removed."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from foureyes.errors import (
    GitError,
    GitLimitError,
    GitTimeoutError,
    MissingBaseError,
    RemoteRefusedError,
    RemoteUnavailableError,
)
from foureyes.git.clone import Clone, last_use, remove, size_of
from foureyes.git.locks import SharedLock
from foureyes.git.remotes import Credentials, remote
from foureyes.git.repository import Repository
from foureyes.kit.process import Limits

# Trying again, or making the clone anew, helps against none of these.
_FINAL = (RemoteRefusedError, RemoteUnavailableError, GitLimitError, GitTimeoutError)
# A clone, or half of one that was killed while it was made or removed: nothing else in the folder is ours to remove.
_OURS = re.compile(r"[0-9a-f]{64}(?!\.lock)")


@dataclass(frozen=True, slots=True)
class CloneLimits:
    """`time` is for one fetch, `pack` for what one fetch may bring in bytes, `all` for the whole folder.

    A clone in more than `packs` parts is made one when nobody else uses it.
    """

    time: timedelta = timedelta(minutes=10)
    pack: int = 2 << 30
    all: int = 20 << 30
    packs: int = 100


@dataclass(frozen=True, slots=True)
class CloneCache:
    """Clones in one folder. Whoever may use a cache may read all that is in it: one folder for each tenant.

    `allow_local` also takes `file:` and http on this machine, for tests and for forges that run beside us.
    """

    directory: Path
    limits: CloneLimits = field(default_factory=CloneLimits)
    allow_local: bool = False

    @asynccontextmanager
    async def repository(
        self, url: str, *, fetch: Sequence[str], credentials: Credentials | None = None
    ) -> AsyncIterator[Repository]:
        """The repository at `url` with what `fetch` names: full references (asked for each time) and commit ids.

        Blobs come when a change is made or a tree is read, all that are missing at once.

        Raises:
            UsageError, UnknownRevisionError: the address or one of `fetch` can't be had.
            RemoteRefusedError, RemoteUnavailableError, GitLimitError, GitTimeoutError.
        """
        place = remote(url, credentials=credentials, allow_local=self.allow_local)
        clone = Clone(self.directory / hashlib.sha256(url.encode()).hexdigest(), place, self._process_limits())
        async with self._held(clone) as lock:
            await self._fetch(clone, lock, fetch)
            try:
                yield Repository(clone.reader, clone.folder / "reader", bring=clone.bring)
            except (GitError, MissingBaseError) as exc:
                clone.distrust(exc)
                raise
            if await asyncio.to_thread(clone.packs) > self.limits.packs and lock.try_alone():
                # A tidier clone is only faster; a failure to tidy must not cost the review that is done.
                with suppress(GitError):
                    await clone.tidy()
        await asyncio.to_thread(self._evict)

    @asynccontextmanager
    async def _held(self, clone: Clone) -> AsyncIterator[SharedLock]:
        """The clone, made or mended where it must be, and kept from removal."""
        lock = SharedLock(clone.folder.with_suffix(".lock"))
        try:
            await self._share(clone, lock)
            await asyncio.to_thread(clone.used)
            yield lock
        finally:
            lock.close()

    async def _share(self, clone: Clone, lock: SharedLock) -> None:
        while True:
            if not clone.is_ready:
                await lock.alone(self.limits.time)
                await asyncio.to_thread(clone.settle)
            elif clone.is_unsettled and lock.try_alone():
                await asyncio.to_thread(clone.settle)
            await lock.share(self.limits.time)
            # Between the two locks another process may have removed it.
            if clone.is_ready:
                return

    async def _fetch(self, clone: Clone, lock: SharedLock, wanted: Sequence[str]) -> None:
        for mend in (clone.settle, clone.remove):
            try:
                await clone.fetch(wanted)
            except _FINAL:
                raise
            except (GitError, MissingBaseError):
                await lock.alone(self.limits.time)
                await asyncio.to_thread(mend)
                await self._share(clone, lock)
            else:
                return
        await clone.fetch(wanted)

    def _process_limits(self) -> Limits:
        return Limits(time=self.limits.time, file=self.limits.pack)

    def _evict(self) -> None:
        """Remove what was not used for longest, until the folder is small enough. What is in use stays."""
        clones = sorted((last_use(folder), folder) for folder in self.directory.iterdir() if _OURS.match(folder.name))
        sizes = {folder: size_of(folder) for _, folder in clones}
        total = sum(sizes.values())
        for _, folder in clones:
            if total <= self.limits.all:
                return
            if _removed(folder):
                total -= sizes[folder]


def _removed(folder: Path) -> bool:
    lock = SharedLock(folder.with_suffix(".lock"))
    try:
        unused = lock.try_alone()
        if unused:
            remove(folder)
        return unused
    finally:
        lock.close()
