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
    stands = {one.fingerprint for one in open_before if _evidence_stands(one, sources.get(one.path, ""))}
    carried = tuple(
        replace(finding, state=FindingState.PERSISTING)
        for finding in open_before
        if finding.source == MODEL_SOURCE and finding.fingerprint in stands
    )
    fixed = tuple(
        replace(finding, state=FindingState.FIXED)
        for finding in open_before
        if finding.path in looked_at and finding.fingerprint not in stands
    )
    return Settled((*settled, *carried), fixed)


def _state(before: Finding | None) -> FindingState:
    if before is None:
        return FindingState.NEW
    return FindingState.REOPENED if before.state is FindingState.FIXED else FindingState.PERSISTING


def _evidence_stands(finding: Finding, text: str) -> bool:
    wanted = [" ".join(line.split()) for line in finding.evidence.split("\n") if line.strip()]
    have = [" ".join(line.split()) for line in text.split("\n")]
    have = [line for line in have if line]
    width = len(wanted)
    return width > 0 and any(have[start : start + width] == wanted for start in range(len(have) - width + 1))
