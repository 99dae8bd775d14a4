"""Both versions of the files of a patch: from a checkout where the patch fits, else as far as its hunks tell them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from foureyes.diff.values import Change, FileChange, FileKind, FileStatus
from foureyes.engine.overlay import OverlayTree
from foureyes.engine.patched import added_whole, deleted_whole, patched, unpatched
from foureyes.git.trees import Tree


@dataclass(slots=True)
class PatchTrees:
    """The files of a patch in both versions; `partial` are those of which only the hunks are known."""

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    gone_before: set[str] = field(default_factory=set)
    gone_after: set[str] = field(default_factory=set)
    partial: list[str] = field(default_factory=list)

    def base(self, under: Tree) -> Tree:
        return OverlayTree(under, self.before, self.gone_before)

    def head(self, under: Tree) -> Tree:
        return OverlayTree(under, self.after, self.gone_after)


async def patch_trees(change: Change, checkouts: Iterable[Tree]) -> PatchTrees:
    """Fit a patch to the first checkout that it fits, file by file. It may have been applied there already, or not."""
    files = [file for file in change.files if file.kind is FileKind.TEXT]
    paths = {path for file in files for path in (file.path, file.old_path) if path}
    # All files at once: git is started once for each checkout, not once for each file.
    versions = [await checkout.read(paths) for checkout in checkouts]
    trees = PatchTrees()
    for file in files:
        fitted = _alone(file) or next(filter(None, (_fitted(file, contents) for contents in versions)), None)
        _place(trees, file, fitted)
    return trees


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Both versions of a file; None where it does not exist."""

    before: bytes | None
    after: bytes | None


def _alone(file: FileChange) -> _Fitted | None:
    """A file that the patch tells wholly."""
    if file.status is FileStatus.ADDED:
        return _Fitted(None, added_whole(file))
    if file.status is FileStatus.DELETED:
        return _Fitted(deleted_whole(file), None)
    return None


def _fitted(file: FileChange, contents: Mapping[str, bytes]) -> _Fitted | None:
    # First as if it had been applied: after a commit, `git show | foureyes review --patch -` is what people type.
    now = contents.get(file.path)
    before = unpatched(now, file) if now is not None else None
    if before is not None:
        return _Fitted(before, now)
    old = contents.get(file.old_path or file.path)
    after = patched(old, file) if old is not None else None
    return _Fitted(old, after) if after is not None else None


def _place(trees: PatchTrees, file: FileChange, fitted: _Fitted | None) -> None:
    old_path = file.old_path or file.path
    if fitted is None:
        # Whatever a checkout holds under these names is neither version.
        trees.partial += [file.path] if file.hunks else []
        trees.gone_before.add(old_path)
        trees.gone_after.add(file.path)
        return
    if fitted.before is None:
        trees.gone_before.add(old_path)
    else:
        trees.before[old_path] = fitted.before
    if fitted.after is None:
        trees.gone_after.add(file.path)
    else:
        trees.after[file.path] = fitted.after
    if file.status is FileStatus.RENAMED:
        trees.gone_before.add(file.path)
        trees.gone_after.add(old_path)
