"""A repository: revisions to commits, and changes between commits, index and work tree as values."""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from foureyes.diff.values import Change, FileChange
from foureyes.errors import MissingBaseError, UnknownRevisionError, UsageError
from foureyes.git import comparing, history
from foureyes.git.blobs import Bring, have
from foureyes.git.discovery import discover
from foureyes.git.door import Git, failure
from foureyes.git.history import Commit
from foureyes.git.objecttrees import CommitTree, IndexTree
from foureyes.git.trees import Tree
from foureyes.git.untracked import with_untracked
from foureyes.git.worktree import WorkTree
from foureyes.kit.text import decode

INDEX = "index"
WORKING_TREE = "working tree"
"""What `Change.base` and `Change.head` say where they are no commit."""

_RANGE = re.compile(r"(.*?)(\.\.\.?)(.*)", re.DOTALL)
_ID = re.compile("[0-9a-f]{7,64}")
_MOST_SUBJECTS = 50


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository on disk. `top` is its work tree, or its git directory where it has none."""

    git: Git
    top: Path
    bring: Bring | None = None

    @classmethod
    async def open(cls, path: Path, *, index: Path | None = None) -> "Repository":
        """The repository that `path` is in. `index` is the index file, where a hook was given one of its own.

        Raises:
            NotARepositoryError, ForeignRepositoryError, MissingProgramError.
        """
        return cls(*await discover(path, index=index))

    @property
    def bare(self) -> bool:
        """Whether there is no work tree, and so nothing but commits to compare."""
        return self.git.work_tree is None

    async def resolve(self, revision: str) -> str:
        """The commit id that `revision` names.

        Raises:
            UnknownRevisionError: it names none.
            MissingBaseError: it is beyond where this shallow clone was cut off.
        """
        if not revision or set(revision) & {"\0", "\n"}:
            raise UnknownRevisionError(revision)
        done = await self.git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if not done.code:
            return decode(done.stdout).strip()
        if (_ID.fullmatch(revision) or set(revision) & set("~^")) and await self._shallow():
            raise MissingBaseError(revision)
        raise UnknownRevisionError(revision)

    async def merge_base(self, one: str, other: str) -> str:
        """The commit where both histories meet.

        Raises:
            MissingBaseError: that is beyond where this shallow clone was cut off.
            UsageError: they have no commit in common.
        """
        commits = await asyncio.gather(self.resolve(one), self.resolve(other))
        done = await self.git.call("merge-base", *commits)
        if done.code == 0:
            return decode(done.stdout).strip()
        # That there is none is said with silence; a history with holes, with words and the same code.
        if done.stderr:
            raise failure(("merge-base", *commits), done)
        if await self._shallow():
            raise MissingBaseError(f"the commit where {one} and {other} meet")
        raise UsageError(f"{one} and {other} have no commit in common: compare them as they are, with {one}..{other}.")

    async def change(self, base: str, head: str, *, paths: Sequence[str] = ()) -> Change:
        """What leads from commit `base` to commit `head`. Title and description come from the commits between."""
        base, head = await asyncio.gather(self.resolve(base), self.resolve(head))
        commits, files = await asyncio.gather(
            history.log(self.git, (f"{base}..{head}",), limit=_MOST_SUBJECTS), self._between(base, head, paths)
        )
        return Change(base, head, files, *_told(commits))

    async def commit(self, revision: str, *, paths: Sequence[str] = ()) -> Change:
        """What one commit changed against its first parent, or against nothing, told by its message."""
        head = await self.resolve(revision)
        parent = await self._first_parent(head)
        base = await self.resolve(parent) if parent else await self._empty_tree()
        commits, files = await asyncio.gather(history.log(self.git, (head,), limit=1), self._between(base, head, paths))
        return Change(base, head, files, *_told(commits))

    async def range(self, expression: str, *, paths: Sequence[str] = ()) -> Change:
        """`A..B`: from A to B as they are. `A...B`: what B adds since both met. An end left out is HEAD."""
        match = _RANGE.fullmatch(expression)
        if match is None:
            raise UnknownRevisionError(expression, hint="a range is A..B or A...B")
        base, head = match[1] or "HEAD", match[3] or "HEAD"
        if match[2] == "...":
            base = await self.merge_base(base, head)
        return await self.change(base, head, paths=paths)

    async def staged(self, *, paths: Sequence[str] = ()) -> Change:
        """What the next commit would change."""
        base = await self._head_or_nothing()
        trees = {"base": self.tree(base), "head": self.tree(INDEX)}
        return Change(base, INDEX, await comparing.compare(self.git, ("--cached", base), paths=paths, **trees))

    async def working_tree(self, *, paths: Sequence[str] = ()) -> Change:
        """What the files on disk change against HEAD, staged or not; new files that are not ignored are part of it."""
        base = await self._head_or_nothing()
        trees = {"base": self.tree(base), "head": self.tree(WORKING_TREE)}
        with tempfile.TemporaryDirectory(prefix="foureyes-index-") as folder:
            git = await with_untracked(self.git, Path(folder), paths)
            return Change(base, WORKING_TREE, await comparing.compare(git, (base,), paths=paths, **trees))

    def tree(self, version: str) -> Tree:
        """The files of one side of a change: `change.base` or `change.head`."""
        if version == INDEX:
            return IndexTree(self.git)
        if version == WORKING_TREE:
            return WorkTree(self.git, self.top)
        return CommitTree(self.git, version, bring=self.bring)

    async def log(self, revision: str = "HEAD", *, limit: int = 20) -> tuple[Commit, ...]:
        """The last commits up to `revision`, the newest first."""
        return await history.log(self.git, (await self.resolve(revision),), limit=limit)

    async def churn(self, *, since: datetime, head: str = "HEAD", paths: Sequence[str] = ()) -> dict[str, int]:
        """How many commits changed each file since then."""
        return await history.churn(self.git, await self.resolve(head), since=since, paths=paths)

    async def _between(self, base: str, head: str, paths: Sequence[str]) -> tuple[FileChange, ...]:
        if self.bring is not None:
            listing = await self.git.run(
                "diff-tree", "-r", "-z", "--no-abbrev", "--no-renames", base, head, "--", *paths
            )
            await have(self.git, comparing.blobs_of(listing), self.bring)
        return await comparing.compare(self.git, (base, head), base=self.tree(base), head=self.tree(head), paths=paths)

    async def _head_or_nothing(self) -> str:
        """The commit that is checked out, or the empty tree before the first commit."""
        done = await self.git.call("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return decode(done.stdout).strip() if done.code == 0 else await self._empty_tree()

    async def _empty_tree(self) -> str:
        return await self.git.text("hash-object", "-t", "tree", "--stdin", stdin=b"")

    async def _first_parent(self, commit: str) -> str | None:
        """By the commit itself: where a shallow clone was cut off, git would say that it has none."""
        header = await self.git.text("cat-file", "commit", commit)
        parent = re.search(r"^parent ([0-9a-f]+)$", header.partition("\n\n")[0], re.MULTILINE)
        return parent[1] if parent else None

    async def _shallow(self) -> bool:
        return await self.git.text("rev-parse", "--is-shallow-repository") == "true"


def _told(commits: Sequence[Commit]) -> tuple[str, str]:
    """One commit tells it all; of several, the last gives the title and all give their subjects."""
    if len(commits) == 1:
        return commits[0].subject, commits[0].body
    return (commits[0].subject, "\n".join(f"- {commit.subject}" for commit in commits)) if commits else ("", "")
