"""Findings against those of the review before: new, persisting, carried forward, reopened or fixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from foureyes.engine.values import MODEL_SOURCE, Finding, FindingState


@dataclass(frozen=True, slots=True)
class Settled:
    """`findings` with their states, earlier ones that still hold among them; `fixed` are those whose cause is gone."""

    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


def settle(
    findings: Sequence[Finding], earlier: Iterable[Finding], *, sources: Mapping[str, str], looked_at: frozenset[str]
) -> Settled:
    """Compare by fingerprint.

    `sources` holds the head text of changed files, `looked_at` the paths that were really reviewed now: an earlier
    finding is fixed only when its file was looked at and its evidence is no longer there. One of a model's whose
    evidence still stands is carried forward: the model is told what it said before and asked not to repeat it, so
    its silence means nothing.
    """
    before = {finding.fingerprint: finding for finding in earlier}
    settled = tuple(replace(finding, state=_state(before.get(finding.fingerprint))) for finding in findings)
    now = {finding.fingerprint for finding in findings}
    open_before = [
        finding
        for fingerprint, finding in before.items()
        if fingerprint not in now and finding.state not in (FindingState.FIXED, FindingState.DISMISSED)
    ]
    places = {one.fingerprint: _place_of(one, sources.get(one.path, "")) for one in open_before}
    carried = tuple(
        _moved(finding, place)
        for finding in open_before
        if finding.source == MODEL_SOURCE and (place := places[finding.fingerprint]) is not None
    )
    fixed = tuple(
        replace(finding, state=FindingState.FIXED)
        for finding in open_before
        if finding.path in looked_at and places[finding.fingerprint] is None
    )
    return Settled((*settled, *carried), fixed)


def _state(before: Finding | None) -> FindingState:
    if before is None:
        return FindingState.NEW
    return FindingState.REOPENED if before.state is FindingState.FIXED else FindingState.PERSISTING


def _moved(finding: Finding, place: int) -> Finding:
    """The finding where its evidence is now. A suggestion was tried at its old lines: when they moved, it goes."""
    shift = place - finding.start_line
    return replace(
        finding,
        state=FindingState.PERSISTING,
        start_line=place,
        end_line=finding.end_line + shift,
        suggestion=finding.suggestion if shift == 0 else None,
    )


def _place_of(finding: Finding, text: str) -> int | None:
    """The line where the evidence stands, the nearest to where it stood; white space and blank lines do not count."""
    wanted = [words for line in finding.evidence.split("\n") if (words := " ".join(line.split()))]
    have = [(number, words) for number, line in enumerate(text.split("\n"), 1) if (words := " ".join(line.split()))]
    width = len(wanted)
    places = [
        have[start][0]
        for start in range(len(have) - width + 1)
        if width and [words for _, words in have[start : start + width]] == wanted
    ]
    return min(places, key=lambda place: abs(place - finding.start_line), default=None)
