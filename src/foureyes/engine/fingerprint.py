"""The identity of a finding: it survives moved lines and changed wording, not a changed cause."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from foureyes.engine.values import MODEL_SOURCE, Finding


def fingerprinted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings with their fingerprints set, 32 hex digits each, all different.

    What counts is the path, the rule and the quoted lines with white space folded: not line numbers, and not the
    words of a model, which differ from run to run. Equal ones are told apart by their order in the file.
    """
    seen: Counter[str] = Counter()
    marked: dict[int, Finding] = {}
    # Sorted by place, so that the number which tells equal ones apart does not hang on which tool ended first.
    for index in sorted(range(len(findings)), key=lambda i: (findings[i].path, findings[i].start_line, i)):
        finding = findings[index]
        seed = _seed(finding)
        marked[index] = replace(finding, fingerprint=_digest(seed, str(seen[seed])))
        seen[seed] += 1
    return tuple(marked[index] for index in range(len(findings)))


def _seed(finding: Finding) -> str:
    # A model names its rules freely, so its category stands for the rule.
    rule = finding.category.value if finding.source == MODEL_SOURCE else finding.rule
    return _digest(finding.path, finding.side.value, finding.source, rule, " ".join(finding.evidence.split()))


def _digest(*parts: str) -> str:
    # NUL can stand in none of the parts, so that no text can move from one part into the next and keep the hash.
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
