"""Findings against those of the review before: new, persisting, reopened or fixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from foureyes.engine.values import Finding, FindingState


@dataclass(frozen=True, slots=True)
class Settled:
    """`findings` with their states; `fixed` are earlier ones whose cause is gone."""

    findings: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


def settle(
    findings: Sequence[Finding], earlier: Iterable[Finding], *, sources: Mapping[str, str], looked_at: frozenset[str]
) -> Settled:
    """Compare by fingerprint.

    `sources` holds the head text of changed files, `looked_at` the paths that were really reviewed now: an earlier
    finding is fixed only when its file was looked at, or is gone, and its evidence is no longer there.
    """
    before = {finding.fingerprint: finding for finding in earlier}
    settled = tuple(replace(finding, state=_state(before.get(finding.fingerprint))) for finding in findings)
    now = {finding.fingerprint for finding in findings}
    fixed = tuple(
        replace(finding, state=FindingState.FIXED)
        for fingerprint, finding in before.items()
        if fingerprint not in now
        and finding.state not in (FindingState.FIXED, FindingState.DISMISSED)
        and finding.path in looked_at
        and not _evidence_stands(finding, sources.get(finding.path, ""))
    )
    return Settled(settled, fixed)


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
