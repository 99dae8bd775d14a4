"""Results as the server keeps them: JSON of the engine's own values, from which every other report can be written.

What is loaded equals what was dumped, but for two things. Bytes that are not UTF-8 (lone surrogates, `kit.text`) are
U+FFFD, as in every report; and changed lines are kept as they may be shown, secrets masked. A stored form is read by
the versions that know its name, and by no others.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from foureyes.diff.values import FileChange, Line
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.debug.values import Diagnosis
from foureyes.engine.masking import shown
from foureyes.engine.values import ReviewResult
from foureyes.errors import ServerError
from foureyes.kit.text import well_formed

T = TypeVar("T")

LARGEST = 16 << 20
"""Bytes of a stored result. A larger one loses code that no finding is about, then all code but what findings quote."""


class StoredResultError(ServerError):
    """The bytes are no stored result, or one of another version."""

    status = 500

    def __init__(self, form: str, reason: str) -> None:
        self.form = form
        self.reason = reason
        super().__init__(f"The stored result can't be read as {form} ({reason}): have the review done again.")


@dataclass(frozen=True, slots=True)
class StoredDiagnosis:
    """A diagnosis and the texts of the files that it is about, as they may be shown."""

    diagnosis: Diagnosis
    sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Envelope(Generic[T]):
    """What is written: the name of the form and the value."""

    form: str
    value: T


class _Form(Generic[T]):
    """One kind of stored value under its name, which changes when an older version could not read it any more."""

    def __init__(self, name: str, kind: type[T]) -> None:
        self._name = name
        self._kind = kind

    def dump(self, value: T) -> bytes:
        plain = self._adapter.dump_python(_Envelope(self._name, value), mode="json")
        # Written as it is and mended as one text: any encoder would refuse lone surrogates one by one.
        return well_formed(json.dumps(plain, ensure_ascii=False, separators=(",", ":"))).encode()

    def load(self, raw: bytes) -> T:
        try:
            envelope = self._adapter.validate_json(raw)
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
            raise StoredResultError(self._name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from exc
        if envelope.form != self._name:
            raise StoredResultError(self._name, f"it is {envelope.form}")
        return envelope.value

    @cached_property
    def _adapter(self) -> TypeAdapter[_Envelope[T]]:
        # Made when it is first used: building it takes a moment that a command line has no use for.
        return TypeAdapter(_Envelope[self._kind])  # type: ignore[name-defined]  # A type that is known when it runs.


_REVIEW = _Form("foureyes.stored-review/1", ReviewResult)
_DIAGNOSIS = _Form("foureyes.stored-diagnosis/1", StoredDiagnosis)
_ARCHITECTURE = _Form("foureyes.stored-architecture/1", Architecture)


def dump_review(result: ReviewResult, *, largest: int = LARGEST) -> bytes:
    """The review as bytes. Over `largest`, code is left out; findings, ledger and counts of lines never are."""
    result = _with_lines(result, _masked)
    raw = _REVIEW.dump(result)
    if len(raw) <= largest:
        return raw
    about = {finding.path for finding in (*result.findings, *result.held_back)}
    raw = _REVIEW.dump(_with_lines(result, lambda file: file if file.path in about else _emptied(file)))
    if len(raw) <= largest:
        return raw
    return _REVIEW.dump(replace(_with_lines(result, _emptied), sources={}))


def load_review(raw: bytes) -> ReviewResult:
    """The review that `dump_review` was given.

    Raises:
        StoredResultError: it is another thing, or of another version.
    """
    return _REVIEW.load(raw)


def dump_diagnosis(diagnosis: Diagnosis, sources: Mapping[str, str], *, largest: int = LARGEST) -> bytes:
    """The diagnosis with the `sources` that its report shows; what its patch makes of files is kept masked."""
    patch = tuple(replace(file, after=shown(file.after)) for file in diagnosis.patch)
    stored = StoredDiagnosis(replace(diagnosis, patch=patch), dict(sources))
    raw = _DIAGNOSIS.dump(stored)
    if len(raw) <= largest:
        return raw
    # The diff and the replaced lines still tell the whole patch.
    patch = tuple(replace(file, after="") for file in diagnosis.patch)
    return _DIAGNOSIS.dump(StoredDiagnosis(replace(diagnosis, patch=patch)))


def load_diagnosis(raw: bytes) -> StoredDiagnosis:
    """The diagnosis and its sources. Raises StoredResultError as `load_review` does."""
    return _DIAGNOSIS.load(raw)


def dump_architecture(architecture: Architecture) -> bytes:
    """The architecture as bytes: its lists are cut to what a person reads, so that it has no need of a limit."""
    return _ARCHITECTURE.dump(architecture)


def load_architecture(raw: bytes) -> Architecture:
    """The architecture that `dump_architecture` was given. Raises StoredResultError as `load_review` does."""
    return _ARCHITECTURE.load(raw)


def _with_lines(result: ReviewResult, kept: Callable[[FileChange], FileChange]) -> ReviewResult:
    """The review with its changed files as `kept` makes them. How many lines there were stays true."""
    return replace(result, change=replace(result.change, files=tuple(map(kept, result.change.files))))


def _masked(file: FileChange) -> FileChange:
    """The file as it may be shown. All its lines at once: a private key has several, and masking keeps their number."""
    texts = iter(shown("\n".join(line.text for hunk in file.hunks for line in hunk.lines)).split("\n"))
    return _with_texts(file, lambda _: next(texts))


def _emptied(file: FileChange) -> FileChange:
    return _with_texts(file, lambda _: "")


def _with_texts(file: FileChange, text: Callable[[Line], str]) -> FileChange:
    hunks = (
        replace(hunk, section=shown(hunk.section), lines=tuple(line._replace(text=text(line)) for line in hunk.lines))
        for hunk in file.hunks
    )
    return replace(file, hunks=tuple(hunks))
