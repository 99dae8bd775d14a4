"""The gate: a candidate passes when its lines are in the change and its quote is in the file at those lines.

Nothing is moved to a nearest line. What the gate refuses for its place or quote the model may mend, once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from foureyes.diff.anchors import Refused as NoAnchor
from foureyes.diff.anchors import anchor
from foureyes.diff.values import FileChange, LineKind, Side
from foureyes.engine.candidates import MOST_CANDIDATES, Candidate, CandidateSide
from foureyes.engine.values import MODEL_SOURCE, Refusal, RefusalReason
from foureyes.kit.severity import Category, Severity

MENDABLE = frozenset({RefusalReason.UNKNOWN_FILE, RefusalReason.OUTSIDE_CHANGE, RefusalReason.NO_QUOTE})
"""Refusals that a model can mend by pointing better."""

# The prompt asks for silence under this; a model that speaks up all the same is taken at its word.
_LEAST_CONFIDENCE = 0.4
_SHORTEST_PART = 6
"""A quote of less than a whole line must have this many characters to prove anything."""

# Small models copy the margin of the prompt into the quote. It is stripped on both sides of the comparison, so it
# proves nothing either.
_MARGIN = re.compile(r"^\s*[+-]?\s*\d*\s*\|\s?")
# Anchored to the beginning of a title: in the middle, these words stand in true findings as well.
_TALK = re.compile(
    r"^(consider|nice|great|good|well done|lgtm|looks good|praise|nit\b|nitpick|missing (docstring|comment|type hint)|"
    r"add (a |an )?(docstring|comment|type hint|test)|improve (naming|readability)|rename|formatting|"
    r"(inconsistent|poor|unclear) (naming|style|formatting|indentation))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GateFile:
    """What the gate checks against: the change of one file, and its head version as the model saw it."""

    file: FileChange
    head_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate whose place and quote hold. `evidence` is what the file really says there."""

    candidate: Candidate
    path: str
    start_line: int
    end_line: int
    side: Side
    evidence: str
    votes: int = 1


@dataclass(frozen=True, slots=True)
class Refused:
    candidate: Candidate
    reason: RefusalReason
    detail: str

    def refusal(self) -> Refusal:
        said = self.candidate
        return Refusal(said.path, said.first_line, said.title, MODEL_SOURCE, self.reason, self.detail)


def gate(candidates: Sequence[Candidate], files: Mapping[str, GateFile]) -> tuple[list[Placed], list[Refused]]:
    """Those that may go on, and those that may not, each with its reason."""
    # Ranked before the cut, because a model that floods puts its worst finding anywhere.
    ranked = sorted(candidates, key=lambda candidate: (-candidate.severity.rank, -candidate.confidence))
    placed: list[Placed] = []
    refused = [
        Refused(late, RefusalReason.OVER_UNIT_LIMIT, f"more than {MOST_CANDIDATES} for one unit")
        for late in ranked[MOST_CANDIDATES:]
    ]
    for candidate in ranked[:MOST_CANDIDATES]:
        judged = _judge(candidate, files)
        if isinstance(judged, Placed):
            placed.append(judged)
        else:
            refused.append(judged)
    return placed, refused


def _judge(candidate: Candidate, files: Mapping[str, GateFile]) -> Placed | Refused:
    known = files.get(candidate.path)
    if known is None:
        return Refused(candidate, RefusalReason.UNKNOWN_FILE, "this part of the change has no such file")
    side = Side.LEFT if candidate.side is CandidateSide.OLD else Side.RIGHT
    # Place and quote come before taste and confidence: they are certain, and what fails here may be mended.
    found = anchor(known.file, candidate.first_line, candidate.last_line, side)
    if isinstance(found, NoAnchor):
        return Refused(candidate, RefusalReason.OUTSIDE_CHANGE, found.value)
    lines = _removed(known.file) if side is Side.LEFT else dict(enumerate(known.head_lines, 1))
    if not _quoted(candidate.quote, lines, range(found.start, found.end + 1)):
        return Refused(candidate, RefusalReason.NO_QUOTE, "the quoted text is not in the file at these lines")
    if is_talk(candidate):
        return Refused(candidate, RefusalReason.TALK, "about style or taste")
    if candidate.confidence < _LEAST_CONFIDENCE:
        return Refused(candidate, RefusalReason.UNSURE_ITSELF, f"confidence {candidate.confidence:.2f}")
    evidence = "\n".join(lines.get(number, "") for number in range(found.start, found.end + 1))
    exact = candidate.first_line == found.start and candidate.last_line == found.end
    # A clamped range no longer fits the lines that the model wanted to replace.
    kept = candidate if exact else without_replacement(candidate)
    return Placed(kept, candidate.path, found.start, found.end, side, evidence)


def without_replacement(candidate: Candidate) -> Candidate:
    """The candidate without its replacement."""
    return candidate.model_copy(update={"replacement": None})


def is_talk(candidate: Candidate) -> bool:
    """Whether it is praise or taste, whatever it calls itself."""
    if _TALK.match(candidate.title):
        return True
    return candidate.kind is Category.MAINTAINABILITY and candidate.severity is Severity.INFO


def with_votes(placed: Placed, votes: int) -> Placed:
    return replace(placed, votes=votes)


def _removed(file: FileChange) -> dict[int, str]:
    return {
        line.old: line.text
        for hunk in file.hunks
        for line in hunk.lines
        if line.old is not None and line.kind is not LineKind.ADDED
    }


def _quoted(quote: str, lines: Mapping[int, str], claimed: range) -> bool:
    parts = [part for part in map(_plain, quote.splitlines()) if part]
    return bool(parts) and any(
        place.start < claimed.stop and claimed.start < place.stop for place in _places(parts, lines, claimed)
    )


def _places(quote: Sequence[str], lines: Mapping[int, str], claimed: range) -> Iterator[range]:
    """Runs of lines that hold the quote, near the claimed lines; blank lines between them do not count."""
    # Twice the quote's length away, for models count blank lines or leave them out. Never the whole file: a
    # common line stands somewhere in it.
    near = range(max(1, claimed.start - len(quote) * 2), claimed.stop + len(quote) * 2)
    full = [(number, _plain(lines[number])) for number in near if number in lines]
    full = [(number, text) for number, text in full if text]
    for start in range(len(full) - len(quote) + 1):
        window = full[start : start + len(quote)]
        if all(_holds(text, part) for (_, text), part in zip(window, quote, strict=True)):
            yield range(window[0][0], window[-1][0] + 1)


def _holds(line: str, part: str) -> bool:
    return part == line or (len(part) >= _SHORTEST_PART and part in line)


def _plain(line: str) -> str:
    """A line with white space folded and without the margin that prompts print, should a model have copied it."""
    return " ".join(_MARGIN.sub("", line, count=1).split())
