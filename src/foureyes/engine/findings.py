"""Findings made from what analysers and models said."""

from collections.abc import Iterable, Sequence

from foureyes.analyzers.port import Diagnostic
from foureyes.diff.values import Side
from foureyes.engine.gate import Placed
from foureyes.engine.values import MODEL_SOURCE, Finding, Suggestion, Trace
from foureyes.engine.verify import Verification
from foureyes.kit.severity import Severity

# Some tools name a whole function or file. The beginning is enough to know it again, and reports stay readable.
_MOST_EVIDENCE_LINES = 12


def from_diagnostic(diagnostic: Diagnostic, lines: Sequence[str]) -> Finding:
    """The finding of one diagnostic; `lines` is the file as it was analysed. Its fingerprint is set later."""
    start, end = _within(diagnostic.start_line, diagnostic.end_line, len(lines))
    replacement = diagnostic.replacement
    return Finding(
        path=diagnostic.path,
        start_line=start,
        end_line=end,
        side=Side.RIGHT,
        severity=diagnostic.severity,
        category=diagnostic.category,
        source=diagnostic.tool,
        rule=diagnostic.rule,
        title=diagnostic.message,
        explanation=diagnostic.explanation,
        evidence="\n".join(lines[start - 1 : min(end, start + _MOST_EVIDENCE_LINES - 1)]),
        confidence=diagnostic.confidence,
        fingerprint="",
        suggestion=Suggestion(replacement.start_line, replacement.end_line, replacement.lines) if replacement else None,
        url=diagnostic.url,
    )


def from_verification(
    verification: Verification, *, model: str, prompt_version: str, context: Iterable[str], passes: int
) -> Finding:
    """The finding of a candidate that the verifier held to be real."""
    placed = verification.placed
    said = placed.candidate
    severity = said.severity
    if verification.verified is not None and verification.verified.severity is not None:
        severity = _agreed(said.severity, verification.verified.severity)
    trace = Trace(
        model=model,
        prompt_version=prompt_version,
        context=tuple(context),
        passes=passes,
        votes=placed.votes,
        verification=verification.reasoning,
    )
    return Finding(
        path=placed.path,
        start_line=placed.start_line,
        end_line=placed.end_line,
        side=placed.side,
        severity=severity,
        category=said.kind,
        source=MODEL_SOURCE,
        rule=said.rule,
        title=said.title,
        explanation=said.explanation,
        evidence=placed.evidence,
        confidence=said.confidence,
        fingerprint="",
        suggestion=_suggestion(placed),
        trace=trace,
    )


def _agreed(claimed: Severity, argued: Severity) -> Severity:
    """The milder of two: an inflated severity is noise too."""
    return min(claimed, argued, key=lambda severity: severity.rank)


def _suggestion(placed: Placed) -> Suggestion | None:
    lines = placed.candidate.replacement
    # Removed lines have no place in the new version that anything could be put into.
    if lines is None or placed.side is Side.LEFT:
        return None
    # Some models put the whole replacement into one string; a newline inside a line would break every forge's
    # suggestion.
    whole = tuple(part for line in lines for part in line.split("\n"))
    return Suggestion(placed.start_line, placed.end_line, whole)


def _within(start: int, end: int, count: int) -> tuple[int, int]:
    """A range of lines that the file has: tools name line 0 for the whole file, or the line behind the last."""
    first = min(max(start, 1), max(count, 1))
    return first, min(max(end, first), max(count, 1))
