"""Suggestions put into the files of a checkout, all or none, and taken back."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from foureyes.analyzers.secrets import mask
from foureyes.cli.files import write_whole
from foureyes.cli.journal import FixedFile, Journal, Step
from foureyes.cli.lastreview import digest
from foureyes.engine.suggest import apply
from foureyes.engine.values import Finding, Suggestion
from foureyes.errors import UsageError
from foureyes.kit.text import decode, encode

_LOST = "\N{REPLACEMENT CHARACTER}"


class CannotFixError(UsageError):
    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. Nothing was written.")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file's content before and after."""

    path: str
    before: bytes
    after: bytes

    def diff(self) -> list[str]:
        """The unified diff for showing: line by line, without newlines, secrets masked."""
        before, after = (mask(decode(content)).removesuffix("\n").split("\n") for content in (self.before, self.after))
        return list(difflib.unified_diff(before, after, f"a/{self.path}", f"b/{self.path}", lineterm=""))


class Patcher:
    """Applies and takes back suggestions in one checkout. `digests` are those of the files that the review saw."""

    def __init__(self, checkout: Path, journal: Journal, digests: Mapping[str, str]) -> None:
        self._checkout = checkout
        self._journal = journal
        self._digests = digests

    def put(self, path: str, replacements: Sequence[Suggestion], after: str) -> Rewrite:
        """What replacing lines of one file would write, which must be `after`.

        Raises:
            CannotFixError: the file changed since `after` was made.
        """
        current = self._read(path)
        if _with_suggestions(path, current, replacements) != encode(after):
            raise CannotFixError(path, "it changed meanwhile; try again")
        return Rewrite(path, current, encode(after))

    def fix(self, chosen: Sequence[Finding], every: Sequence[Finding]) -> list[Rewrite]:
        """Write the suggestions of `chosen`; `every` are all findings of the review.

        Raises:
            CannotFixError: a file is not as reviewed, or two suggestions overlap; nothing is written then.
        """
        asked = {finding.fingerprint for finding in chosen}
        paths = dict.fromkeys(finding.path for finding in chosen)
        # All are planned before any is written: a file that can't be fixed keeps the others as they are.
        rewrites = [self._planned(path, asked, every) for path in paths]
        self.write(rewrites, asked)
        return rewrites

    def write(self, rewrites: Sequence[Rewrite], fingerprints: Collection[str] = ()) -> None:
        """Write files in one step that `undo` takes back."""
        files = tuple(FixedFile(path=one.path, before=digest(one.before), after=digest(one.after)) for one in rewrites)
        # The journal is first: were it last, a crash between the two would leave a change that undo knows nothing of.
        self._journal.add(Step(fingerprints=tuple(sorted(fingerprints)), files=files), [one.before for one in rewrites])
        for one in rewrites:
            write_whole(self._file(one.path), one.after)

    def undo(self) -> list[Rewrite]:
        """Put back what the last `fix` replaced.

        Raises:
            UsageError: there is nothing to take back.
            CannotFixError: a file was edited since; nothing is written then.
        """
        if not self._journal.steps:
            raise UsageError("There is no fix to undo in this checkout.")
        rewrites = [self._taken_back(file) for file in self._journal.steps[-1].files]
        for one in rewrites:
            write_whole(self._file(one.path), one.after)
        self._journal.drop_last()
        return rewrites

    def applied(self, path: str) -> set[str]:
        """Fingerprints of suggestions that are in the file now.

        Raises:
            CannotFixError: it changed otherwise since the review.
        """
        current, reviewed = digest(self._read(path)), self._digests.get(path, "")
        found = self._journal.applied(path, current=current, reviewed=reviewed)
        if found is None:
            raise CannotFixError(path, "it is not as reviewed; run `foureyes review` on the files as they are")
        return found

    def text(self, path: str) -> dict[str, str]:
        """The file's text as reviewed, by its path; nothing where it is not at hand."""
        try:
            current = self._read(path)
        except CannotFixError:
            return {}
        reviewed = self._digests.get(path, "")
        content = current if digest(current) == reviewed else self._journal.kept(reviewed)
        return {path: decode(content)} if content is not None else {}

    def _planned(self, path: str, asked: set[str], every: Sequence[Finding]) -> Rewrite:
        """A file is made anew from what was reviewed, so that line numbers hold however many fixes came before."""
        applied = self.applied(path)
        current = self._read(path)
        original = self._journal.kept(self._digests[path]) if applied else current
        if original is None:
            raise CannotFixError(path, "its content as reviewed is no longer kept; run `foureyes review` again")
        wanted = applied | asked
        findings = [finding for finding in every if finding.path == path and finding.fingerprint in wanted]
        suggestions = [finding.suggestion for finding in findings if finding.suggestion is not None]
        return Rewrite(path, current, _with_suggestions(path, original, suggestions))

    def _taken_back(self, file: FixedFile) -> Rewrite:
        current, before = self._read(file.path), self._journal.kept(file.before)
        # The journal was written and the file was not: then there is nothing to take back in it, and that is no error.
        if digest(current) == file.before:
            return Rewrite(file.path, current, current)
        if digest(current) != file.after or before is None:
            raise CannotFixError(file.path, "it was edited after the fix, so the fix can't be taken back")
        return Rewrite(file.path, current, before)

    def _read(self, path: str) -> bytes:
        try:
            return self._file(path).read_bytes()
        except OSError as exc:
            raise CannotFixError(path, f"it can't be read ({exc.strerror})") from exc

    def _file(self, path: str) -> Path:
        file = self._checkout / path
        # The path came from a report on disk, and a checkout may hold links that a hostile change put there.
        if file.is_symlink() or not file.resolve().is_relative_to(self._checkout.resolve()):
            raise CannotFixError(path, "it is a link or leads out of the checkout")
        return file


def _with_suggestions(path: str, original: bytes, suggestions: Sequence[Suggestion]) -> bytes:
    """The content with all suggestions in, from the bottom up so that lines keep their numbers."""
    in_order = sorted(suggestions, key=lambda one: (one.start_line, one.end_line))
    for upper, lower in pairwise(in_order):
        if _touch(upper, lower):
            raise CannotFixError(path, f"two suggestions overlap at line {lower.start_line}; apply one of them")
    text = decode(original)
    if any(_LOST in line for one in in_order for line in one.lines) and _LOST not in text:
        # JSON keeps no bytes that are not UTF-8, so these lines are not the ones that were tried.
        raise CannotFixError(path, "the suggestion holds bytes that are not UTF-8; edit the file by hand")
    for suggestion in reversed(in_order):
        try:
            text = apply(text, suggestion)
        except ValueError as exc:
            raise CannotFixError(path, str(exc)) from exc
    return encode(text)


def overlap(one: Finding, other: Finding) -> bool:
    """Whether the suggestions of two findings in one file can't both be applied."""
    return one.suggestion is not None and other.suggestion is not None and _touch(one.suggestion, other.suggestion)


def _touch(one: Suggestion, other: Suggestion) -> bool:
    upper, lower = sorted((one, other), key=lambda each: (each.start_line, each.end_line))
    return lower.start_line <= max(upper.start_line, upper.end_line)
