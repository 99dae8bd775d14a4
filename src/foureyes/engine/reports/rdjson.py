"""The form of reviewdog's Diagnostic Format, as one `DiagnosticResult`.

Source: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

import json

from foureyes.diff.values import Side
from foureyes.engine.values import Finding, ReviewResult, Suggestion
from foureyes.kit.severity import Severity
from foureyes.kit.text import well_formed

Json = dict[str, object]

# reviewdog knows three words; critical and high both stop a build.
_SEVERITIES = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "INFO",
    Severity.INFO: "INFO",
}


def write_rdjson(result: ReviewResult) -> str:
    """The findings as JSON text that reviewdog takes with `-f=rdjson`."""
    diagnostics = [_diagnostic(finding) for finding in result.findings]
    return json.dumps({"source": {"name": "foureyes"}, "diagnostics": diagnostics}, indent=2) + "\n"


def _diagnostic(finding: Finding) -> Json:
    code = {"value": well_formed(finding.rule or finding.category)} | ({"url": finding.url} if finding.url else {})
    diagnostic: Json = {
        "message": well_formed("\n\n".join(part for part in (finding.title, finding.explanation) if part)),
        "location": _location(finding),
        "severity": _SEVERITIES[finding.severity],
        "source": {"name": well_formed(finding.source)},
        "code": code,
    }
    if finding.suggestion is not None:
        diagnostic["suggestions"] = [_suggestion(finding.suggestion)]
    return diagnostic


def _location(finding: Finding) -> Json:
    """Removed lines have no place in the new version, so theirs name the file only."""
    path: Json = {"path": well_formed(finding.path)}
    if finding.side is Side.LEFT:
        return path
    return path | {"range": _lines(finding.start_line, max(finding.start_line, finding.end_line))}


def _suggestion(suggestion: Suggestion) -> Json:
    """Line-wise where lines stay; by columns where lines are inserted or go away with their newlines."""
    # A range without columns keeps its last newline, so by lines nothing can be inserted or taken away whole.
    text = well_formed("\n".join(suggestion.lines))
    if suggestion.lines and suggestion.start_line <= suggestion.end_line:
        return {"range": _lines(suggestion.start_line, suggestion.end_line), "text": text}
    start, end = {"line": suggestion.start_line, "column": 1}, {"line": suggestion.end_line + 1, "column": 1}
    return {"range": {"start": start, "end": end}, "text": text + "\n" if suggestion.lines else ""}


def _lines(first: int, last: int) -> Json:
    return {"start": {"line": first}, "end": {"line": last}}
