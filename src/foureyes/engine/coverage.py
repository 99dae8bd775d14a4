"""Keeping the coverage ledger: every file and hunk of the change ends in it, whatever happens."""

from collections.abc import Mapping
from dataclasses import replace

from foureyes.diff.values import Change, FileChange
from foureyes.engine.values import MODEL_SOURCE, Coverage, FileEntry, HunkEntry, Ledger


class LedgerKeeper:
    """Collects what became of each file and hunk during one run; `ledger` accounts for all of them."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._skips: dict[str, FileEntry] = {}
        self._lookers: dict[str, tuple[str, ...]] = {}
        self._hunks: dict[str, dict[int, tuple[Coverage, str]]] = {}

    def skip(self, path: str, reason: str, *, expected: bool, void: bool = False) -> None:
        """The whole file is not reviewed; `expected` and `void` as in `FileEntry`."""
        self._skips[path] = FileEntry(path, Coverage.SKIPPED, reason, expected, void=void)

    def analysed(self, lookers: Mapping[str, tuple[str, ...]]) -> None:
        """Which analysers really looked at which path."""
        self._lookers.update(lookers)

    def hunk(self, path: str, index: int, coverage: Coverage, reason: str = "") -> None:
        """What became of one hunk at the model. Of several parts of one hunk the worst counts."""
        hunks = self._hunks.setdefault(path, {})
        known = hunks.get(index)
        # A hunk may be cut into several pieces; it is reviewed only when all of them were.
        if known is None or _BADNESS[coverage] > _BADNESS[known[0]]:
            hunks[index] = (coverage, reason)

    def ledger(self, *, asked_model: bool) -> Ledger:
        return Ledger(tuple(self._entry(file, asked_model=asked_model) for file in self._change.files))

    def _entry(self, file: FileChange, *, asked_model: bool) -> FileEntry:
        if file.path in self._skips:
            skip = self._skips[file.path]
            return replace(skip, hunks=_hunks(file, Coverage.SKIPPED, skip.reason))
        lookers = self._lookers.get(file.path, ())
        if not asked_model:
            if lookers:
                return _whole(file, Coverage.REVIEWED, "", by=lookers)
            return _whole(file, Coverage.FAILED, "no analyser looked at it", expected=False)
        return self._judged(file, lookers)

    def _judged(self, file: FileChange, lookers: tuple[str, ...]) -> FileEntry:
        known = self._hunks.get(file.path, {})
        # The default is failure. A hunk that some stage forgot shows up here instead of passing as reviewed.
        unasked = (Coverage.FAILED, "not asked")
        hunks = tuple(HunkEntry(hunk.header, *known.get(index, unasked)) for index, hunk in enumerate(file.hunks))
        worst = max((hunk.coverage for hunk in hunks), key=_BADNESS.__getitem__, default=Coverage.FAILED)
        reasons = dict.fromkeys(hunk.reason for hunk in hunks if hunk.coverage is Coverage.FAILED)
        by = (*lookers, MODEL_SOURCE) if any(hunk.coverage is not Coverage.FAILED for hunk in hunks) else lookers
        return FileEntry(file.path, worst, "; ".join(reasons), worst is not Coverage.FAILED, by, hunks)


def _whole(
    file: FileChange, coverage: Coverage, reason: str, *, expected: bool = True, by: tuple[str, ...] = ()
) -> FileEntry:
    return FileEntry(file.path, coverage, reason, expected, by, _hunks(file, coverage, reason))


def _hunks(file: FileChange, coverage: Coverage, reason: str) -> tuple[HunkEntry, ...]:
    return tuple(HunkEntry(hunk.header, coverage, reason) for hunk in file.hunks)


_BADNESS = {Coverage.CACHED: 0, Coverage.REVIEWED: 1, Coverage.SKIPPED: 2, Coverage.FAILED: 3}
