"""What came of a run, as values that one transaction writes: packed result, columns, ledger, findings, counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from foureyes.blobs.packing import PackedBlob
from foureyes.blobs.service import store_blobs
from foureyes.code.languages import language_of
from foureyes.diff.values import Change
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.debug.values import Diagnosis
from foureyes.engine.values import FileEntry, Finding, ReviewResult
from foureyes.kit.ids import new_id
from foureyes.kit.text import counted, shortened, well_formed
from foureyes.models.reviews import Review
from foureyes.runs.repository import outcomes
from foureyes.usage.repository import count_review, month_of

_TITLE, _MODEL, _HEADLINE = 300, 120, 2_000


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """`runs.port.Outcome` of each kind. Rows have their ids already, so that writing them twice gives the same."""

    blob: PackedBlob
    headline: str
    title: str = ""
    verdict: str = ""
    language: str = ""
    model: str = ""
    severities: dict[str, int] = field(default_factory=dict)
    """Of the findings that are shown."""
    findings: Sequence[dict[str, Any]] = ()
    """Rows of `findings`, without what follows from the review."""
    files: Sequence[dict[str, Any]] = ()
    """Rows of `review_files`, likewise."""

    @property
    def shown(self) -> int:
        return sum(self.severities.values())

    def store(self, session: Session, review: Review, *, at: datetime) -> None:
        # A connection that breaks while it commits has the transaction run again, maybe after it was done: then every
        # row and every count is there.
        if review.result_digest is not None:
            return
        store_blobs(session, review.workspace_id, [self.blob])
        spent = outcomes.spent_on(session, review.id)
        review.title = review.title or self.title
        review.verdict = self.verdict
        review.headline = self.headline
        review.language = self.language or review.language
        review.model = self.model
        review.findings = self.shown
        review.severities = dict(self.severities)
        review.input_tokens = spent.input_tokens
        review.cached_input_tokens = spent.cached_input_tokens
        review.output_tokens = spent.output_tokens
        review.model_calls = spent.calls
        review.cost = spent.cost
        review.result_digest = self.blob.digest
        outcomes.put_findings(session, review, self.findings, at=at)
        outcomes.put_files(session, review, self.files)
        count_review(session, review.workspace_id, month_of(at))


def review_outcome(result: ReviewResult, blob: PackedBlob) -> StoredOutcome:
    """The outcome of a review whose stored form is `blob`."""
    shown = [_finding(finding, shown=True) for finding in result.findings]
    held = [_finding(finding, shown=False) for finding in result.held_back]
    return StoredOutcome(
        blob=blob,
        headline=_text(result.headline),
        title=_text(result.change.title)[:_TITLE] or _title_of(result.change),
        verdict=result.verdict,
        language=_language(result.change),
        model=(result.model or "")[:_MODEL],
        severities=dict(Counter(str(finding.severity) for finding in result.findings)),
        findings=[row | {"position": position} for position, row in enumerate([*shown, *held])],
        files=[_file(entry) | {"position": position} for position, entry in enumerate(result.ledger.files)],
    )


def debug_outcome(diagnosis: Diagnosis, blob: PackedBlob) -> StoredOutcome:
    """The outcome of a diagnosis. Its headline is the cause, or the error where no cause is known."""
    error = diagnosis.traces[-1].headline if diagnosis.traces else ""
    known = diagnosis.hints[0].text if diagnosis.hints else "Nothing is known about this error."
    path = diagnosis.frames[0].path if diagnosis.frames else ""
    return StoredOutcome(
        blob=blob,
        headline=shortened(_text(diagnosis.cause or error or known), _HEADLINE),
        title=shortened(_text(error), _TITLE),
        language=str(language_of(path, b"") or "") if path else "",
        model=(diagnosis.model or "")[:_MODEL],
    )


def architecture_outcome(found: Architecture, blob: PackedBlob) -> StoredOutcome:
    """The outcome of a map: how large the code is, and what of its structure does not hold."""
    size = f"{counted(found.files, 'file')} in {counted(len(found.rooms), 'room')}"
    cycles = counted(len(found.room_cycles), "cycle") if found.room_cycles else "no cycle"
    return StoredOutcome(
        blob=blob,
        headline=f"{size}; {cycles} between rooms, {counted(len(found.arrows_up), 'arrow')} against the floors.",
        title=size,
        language=next(iter(found.languages), ""),
        model=(found.model or "")[:_MODEL],
    )


def _finding(finding: Finding, *, shown: bool) -> dict[str, Any]:
    suggestion, trace = finding.suggestion, finding.trace
    return {
        "id": new_id(),
        "shown": shown,
        "path": _text(finding.path),
        "start_line": finding.start_line,
        "end_line": finding.end_line,
        "side": str(finding.side),
        "severity": str(finding.severity),
        "category": str(finding.category)[:40],
        "source": _text(finding.source)[:60],
        "rule": _text(finding.rule)[:120],
        "title": _text(finding.title),
        "explanation": _text(finding.explanation),
        "evidence": _text(finding.evidence),
        "suggestion": suggestion
        and {
            "start_line": suggestion.start_line,
            "end_line": suggestion.end_line,
            "lines": list(map(_text, suggestion.lines)),
            "tried": list(suggestion.tried),
        },
        "confidence": finding.confidence,
        "fingerprint": finding.fingerprint[:64],
        "state": str(finding.state),
        "also": list(map(_text, finding.also)),
        "url": _text(finding.url) if finding.url else None,
        "trace": trace
        and {
            "model": _text(trace.model),
            "prompt_version": trace.prompt_version,
            "context": list(map(_text, trace.context)),
            "passes": trace.passes,
            "votes": trace.votes,
            "verification": _text(trace.verification),
        },
    }


def _file(entry: FileEntry) -> dict[str, Any]:
    hunks = [
        {"header": _text(hunk.header), "coverage": str(hunk.coverage), "reason": _text(hunk.reason)}
        for hunk in entry.hunks
    ]
    return {
        "path": _text(entry.path),
        "coverage": str(entry.coverage),
        "reason": _text(entry.reason),
        "expected": entry.expected,
        "by": list(entry.by),
        "hunks": {"hunks": hunks},
    }


def _text(text: str) -> str:
    """Text that both databases take: PostgreSQL knows neither zero bytes nor lone surrogates."""
    return well_formed(text).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _title_of(change: Change) -> str:
    """What a change without a title is called in lists: the one file it is about, or how many there are."""
    if len(change.files) == 1:
        return shortened(_text(change.files[0].path), _TITLE)
    return counted(len(change.files), "file") if change.files else ""


def _language(change: Change) -> str:
    """The language of most changed lines."""
    lines: Counter[str] = Counter()
    for file in change.files:
        if language := language_of(file.path, b""):
            lines[language] += file.added + file.removed
    return lines.most_common(1)[0][0] if lines else ""
