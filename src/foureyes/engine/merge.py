"""One problem, one finding: merged across tools and models, ranked, floored and capped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from foureyes.engine.policy import Policy
from foureyes.engine.values import MODEL_SOURCE, Finding, Refusal, RefusalReason
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import folded

_ALIKE = 0.5
"""Share of words that two titles must have in common to be about the same problem."""


_TELLING = 6
"""Letters of a word that tells enough when two tools use it on the same line for the same kind of harm."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What is said, what is true but held back by floor or cap, and what was refused."""

    findings: tuple[Finding, ...]
    held_back: tuple[Finding, ...]
    refusals: tuple[Refusal, ...]


def merge(findings: Sequence[Finding], policy: Policy, *, dismissed: frozenset[str] = frozenset()) -> Merged:
    """`findings` with fingerprints set, of analysers and models together. `dismissed` are fingerprints."""
    ruled, refusals = _ruled(findings, policy, dismissed)
    kept: dict[str, list[Finding]] = {}
    # The most trusted first: whoever comes later joins what is there, and never takes its place.
    for finding in sorted(ruled, key=_trust):
        beside = kept.setdefault(finding.path, [])
        index = next((i for i, other in enumerate(beside) if _same_problem(other, finding)), None)
        if index is None:
            beside.append(finding)
            continue
        beside[index] = _joined(beside[index], finding)
        if finding.source == MODEL_SOURCE:
            reason = (
                RefusalReason.SAID_TWICE if beside[index].source == MODEL_SOURCE else RefusalReason.ANALYSER_SAID_IT
            )
            refusals.append(_refusal(finding, reason, f"{beside[index].source}:{beside[index].rule} says it"))
    ranked = sorted((finding for beside in kept.values() for finding in beside), key=_rank)
    said, held_back = _capped(ranked, policy)
    return Merged(said, held_back, tuple(refusals))


def _ruled(
    findings: Iterable[Finding], policy: Policy, dismissed: frozenset[str]
) -> tuple[list[Finding], list[Refusal]]:
    """Findings as policy wants them: rules switched off, severities set, dismissed ones left out."""
    kept: list[Finding] = []
    refusals: list[Refusal] = []
    for finding in findings:
        name = f"{finding.source}:{finding.rule}"
        if policy.silences(finding.path, name):
            refusals.append(_refusal(finding, RefusalReason.RULE_OFF, "switched off by policy"))
        elif finding.fingerprint in dismissed:
            refusals.append(_refusal(finding, RefusalReason.DISMISSED, "dismissed before"))
        else:
            kept.append(replace(finding, severity=policy.severity_for(name, finding.severity)))
    return kept, refusals


def _capped(ranked: Sequence[Finding], policy: Policy) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    said: list[Finding] = []
    held_back: list[Finding] = []
    for finding in ranked:
        room = not policy.max_findings or len(said) < policy.max_findings or finding.severity is Severity.CRITICAL
        (said if room and finding.severity.rank >= policy.floor_for(finding.path).rank else held_back).append(finding)
    return tuple(said), tuple(held_back)


def _same_problem(one: Finding, other: Finding) -> bool:
    if (one.path, one.side) != (other.path, other.side):
        return False
    if one.start_line > other.end_line or other.start_line > one.end_line:
        return False
    if one.source == other.source and one.source != MODEL_SOURCE:
        # A tool knows its own rules apart; only the same rule on the same lines is said twice.
        return one.rule == other.rule and one.start_line == other.start_line
    if one.category is not other.category or one.start_line != other.start_line:
        return _words_alike(one, other)
    return one.category in _NARROW or any(len(word) >= _TELLING for word in _words(one) & _words(other))


_NARROW = frozenset(
    {Category.SECURITY, Category.CONCURRENCY, Category.DATA_LOSS, Category.DEPENDENCY, Category.CONFIGURATION}
)
"""Categories so narrow that two tools which name the same first line mean the same thing."""


def _words_alike(one: Finding, other: Finding) -> bool:
    first, second = _words(one), _words(other)
    shared = len(first & second)
    return shared > 1 and shared >= _ALIKE * min(len(first), len(second))


def _words(finding: Finding) -> frozenset[str]:
    text = folded(f"{finding.title} {finding.rule.replace('-', ' ')}")
    return frozenset(word.strip("`'\"().,:;") for word in text.split() if len(word.strip("`'\"().,:;")) > 3)


def _joined(kept: Finding, other: Finding) -> Finding:
    """The kept finding with what the other adds: its name, a worse severity, a suggestion where there is none."""
    name = f"{other.source}:{other.rule}"
    severity = max(kept.severity, other.severity, key=lambda severity: severity.rank)
    same_lines = other.suggestion is not None and other.side is kept.side
    return replace(
        kept,
        also=kept.also if name in kept.also else (*kept.also, name),
        # A model may repeat an analyser's remark but not raise it: an inflated severity is noise too.
        severity=kept.severity if other.source == MODEL_SOURCE else severity,
        suggestion=kept.suggestion or (other.suggestion if same_lines else None),
        explanation=kept.explanation or other.explanation,
        confidence=max(kept.confidence, other.confidence),
    )


def _trust(finding: Finding) -> tuple[bool, int, float, bool, str]:
    """Whose words are kept when two say the same: analysers before models, then the worse, the surer, the mended."""
    return (
        finding.source == MODEL_SOURCE,
        -finding.severity.rank,
        -finding.confidence,
        finding.suggestion is None,
        # Tools end in any order. Without a last word that no two share, the same change would be told differently.
        finding.fingerprint,
    )


def _rank(finding: Finding) -> tuple[int, float, int, str, int, str]:
    place = (finding.path, finding.start_line, finding.fingerprint)
    return (-finding.severity.rank, -finding.confidence, -len(finding.also), *place)


def _refusal(finding: Finding, reason: RefusalReason, detail: str) -> Refusal:
    return Refusal(finding.path, finding.start_line, finding.title, finding.source, reason, detail)
