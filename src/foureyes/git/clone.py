"""One cached clone on disk: bare, without blobs until they are asked for, and safe to be killed at any moment.

Two git directories share one store of objects. The outer one knows the server and fetches; the one in `reader` knows
no server, so that nothing that reads can ever fetch one blob at a time, or at all.
"""

import os
import re
import shutil
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from foureyes.errors import GitError, MissingBaseError, UnknownRevisionError
from foureyes.git import blobs
from foureyes.git.door import Git
from foureyes.git.remotes import Remote
from foureyes.kit.process import Limits

_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
# The rules of git-check-ref-format(1).
_REF = re.compile(r"refs(?:/(?!\.)[^\x00-\x20\x7f~^:?*\[\\/]+(?<!\.lock)(?<!\.))+")
_HEAD = "ref: refs/heads/none\n"
_READER = "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n"
_OUTER = """\
[core]
\trepositoryFormatVersion = 1
\tbare = true
\tsymlinks = false
[extensions]
\tpartialClone = origin
[remote "origin"]
\turl = "{url}"
\tpromisor = true
\tpartialCloneFilter = blob:none
"""
_FETCH = (
    "fetch", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules", "--no-progress",
    "--no-show-forced-updates", "--filter=blob:none", "--stdin", "origin",
)  # fmt: skip
# Left by a git that was killed. Nobody else writes while these are removed.
_LEFTOVERS = (
    "*.lock",
    "refs/**/*.lock",
    "objects/tmp_*",
    "objects/*/tmp_*",
    "objects/pack/.tmp-*",
    "objects/pack/*.keep",
)
_DAMAGE = re.compile(
    r"corrupt|inflate|unable to read|bad object|does not match|not a git repository|object file .* empty"
)


@dataclass(frozen=True, slots=True)
class Clone:
    """The clone of `remote` in `folder`. Methods that are not async may block: call them in a thread."""

    folder: Path
    remote: Remote
    limits: Limits

    @property
    def reader(self) -> Git:
        return Git(git_dir=self.folder / "reader")

    @property
    def is_ready(self) -> bool:
        return self.folder.exists()

    @property
    def is_unsettled(self) -> bool:
        """Whether a fetch is under way, or one was killed."""
        # Without a hold on it, it may be removed while it is looked at.
        with suppress(FileNotFoundError):
            return any(self._marks.iterdir())
        return False

    def used(self) -> None:
        """Note that it is used now."""
        os.utime(self.folder)

    def settle(self) -> None:
        """Make it, or clean up behind a fetch that was killed. Only for one who holds the lock alone."""
        for left in self.folder.parent.glob(f"{self.folder.name}.*-*"):
            shutil.rmtree(left)
        # Made anew rather than repaired: everything in it can be fetched again, and a half-repaired store fails
        # later and elsewhere.
        if (self._marks / "damaged").exists():
            self.remove()
        if not self.folder.exists():
            self._make()
            return
        for pattern in _LEFTOVERS:
            for leftover in self.folder.glob(pattern):
                leftover.unlink(missing_ok=True)
        for part in (self.folder / "objects/pack").iterdir():
            if not part.with_suffix(".idx").exists():
                part.unlink()
        for mark in self._marks.iterdir():
            mark.unlink()

    def remove(self) -> None:
        """Remove all of it. Only for one who holds the lock alone."""
        remove(self.folder)

    def distrust(self, error: GitError | MissingBaseError) -> None:
        """Have it made anew before its next use, where the error says that its objects are damaged or gone."""
        if isinstance(error, MissingBaseError) or _DAMAGE.search(error.stderr):
            (self._marks / "damaged").touch()

    async def fetch(self, wanted: Sequence[str]) -> None:
        """Bring references and commits here; those named by id only where they are not.

        Raises:
            UnknownRevisionError: the server has no such reference or commit.
            GitError: see `Git.run`.
        """
        ids = [name for name in wanted if _ID.fullmatch(name)]
        here = await blobs.sizes(self.reader, ids)
        # A reference keeps what was asked by id from being taken for rubbish, and tells the server what is here.
        specs = [f"+{name}:refs/kept/{name}" for name in ids if here[name] is None]
        specs += [f"+{name}:{name}" for name in map(_reference, set(wanted).difference(ids))]
        if specs:
            await self._ask(specs)

    async def bring(self, missing: Collection[str]) -> None:
        """Bring these blobs here, all in one call."""
        await self._ask(missing, ("fetch.negotiationAlgorithm", "noop"))

    def packs(self) -> int:
        """How many packs it is in: each fetch adds one or two, and git looks into all of them."""
        return sum(1 for _ in (self.folder / "objects/pack").glob("*.pack"))

    async def tidy(self) -> None:
        """Make all packs one. Only for one who holds the lock alone."""
        git = Git(git_dir=self.folder, limits=self.limits)
        async with self._marked():
            await git.run("pack-refs", "--all")
            await git.run("repack", "-a", "-d", "--quiet")

    @property
    def _marks(self) -> Path:
        return self.folder / "unsettled"

    async def _ask(self, specs: Collection[str], *config: tuple[str, str]) -> None:
        git = await self.remote.git(self.folder, self.limits)
        async with self._marked():
            await replace(git, config=(*git.config, *config)).run(
                *_FETCH, stdin="".join(f"{spec}\n" for spec in specs).encode()
            )

    @asynccontextmanager
    async def _marked(self) -> AsyncIterator[None]:
        """Leave a mark for as long as git writes. It stays when git is killed, by whomever."""
        mark = self._marks / uuid.uuid4().hex
        mark.touch()
        try:
            yield
        except GitError as exc:
            # A negative code is a git that was stopped: what it has written so far is not known to be whole.
            if exc.code >= 0:
                mark.unlink()
            raise
        mark.unlink()

    def _make(self) -> None:
        """In a folder aside, then renamed: it is there wholly or not at all."""
        aside = self.folder.with_name(f"{self.folder.name}.new-{uuid.uuid4().hex}")
        for part in ("objects/info", "objects/pack", "refs/heads", "unsettled", "reader"):
            (aside / part).mkdir(parents=True, mode=0o700)
        (aside / "HEAD").write_text(_HEAD)
        (aside / "config").write_text(_OUTER.format(url=self.remote.url))
        (aside / "reader/HEAD").write_text(_HEAD)
        (aside / "reader/config").write_text(_READER)
        for part in ("objects", "refs", "packed-refs"):
            (aside / "reader" / part).symlink_to(Path("..") / part)
        aside.rename(self.folder)


def _reference(name: str) -> str:
    if not _REF.fullmatch(name) or ".." in name or "@{" in name:
        raise UnknownRevisionError(name, hint="a full reference (refs/heads/main) or a commit id is needed")
    return name


def remove(folder: Path) -> None:
    """Remove a clone; renamed first, so that nobody ever sees half of it."""
    doomed = folder.with_name(f"{folder.name}.gone-{uuid.uuid4().hex}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed)


def last_use(folder: Path) -> float:
    """When a clone was last used, in seconds since 1970; 0 for one that is gone by now."""
    return folder.stat().st_mtime if folder.exists() else 0


def size_of(folder: Path) -> int:
    """The bytes of a clone's objects. What vanishes while they are counted counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder / "objects"):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.lstat(Path(parent) / name).st_size
    return total
