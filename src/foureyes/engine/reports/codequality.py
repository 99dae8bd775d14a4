"""The form of GitLab's code quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from collections import Counter

from foureyes.diff.values import Side
from foureyes.engine.values import Finding, ReviewResult
from foureyes.kit.severity import Severity
from foureyes.kit.text import well_formed

Json = dict[str, object]

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def write_code_quality(result: ReviewResult) -> str:
    """The findings as a JSON array; GitLab drops entries whose fingerprint it has seen, so each has its own."""
    seen: Counter[str] = Counter()
    entries: list[Json] = []
    for finding in result.findings:
        seen[finding.fingerprint] += 1
        nth = seen[finding.fingerprint]
        entries.append(_entry(finding, finding.fingerprint if nth == 1 else f"{finding.fingerprint}-{nth}"))
    return json.dumps(entries, indent=2) + "\n"


def _entry(finding: Finding, fingerprint: str) -> Json:
    removed = finding.side is Side.LEFT
    # The format wants a line of the new version; a removed line has none, so it stands at the top of its file.
    first, last = (1, 1) if removed else (finding.start_line, max(finding.start_line, finding.end_line))
    where = f" (removed line {finding.start_line})" if removed else ""
    return {
        "description": well_formed(f"{finding.title}{where}"),
        "check_name": well_formed(f"{finding.source}:{finding.rule or finding.category}"),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": well_formed(finding.path), "lines": {"begin": first, "end": last}},
    }
