"""The SARIF 2.1.0 form, as GitHub's code scanning takes it.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from foureyes import __version__
from foureyes.analyzers.port import Outcome, ToolRun
from foureyes.diff.values import Side
from foureyes.engine.reports.summary import NO_MODEL
from foureyes.engine.values import Finding, ReviewResult, Suggestion
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import encode, well_formed

Json = dict[str, object]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}

# GitHub sorts security results by these: over 9.0 is critical, 7.0 high, 4.0 medium.
_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "1.0",
}

_HARM = {
    Category.BUG: "The code does something other than what it is meant to do",
    Category.SECURITY: "The code can be made to do something that its owner does not want",
    Category.PERFORMANCE: "The code is slower or larger than its job needs",
    Category.CONCURRENCY: "The code is wrong when things happen at the same time",
    Category.DATA_LOSS: "Data can be lost or damaged",
    Category.API: "Callers of an interface break or are misled",
    Category.MAINTAINABILITY: "The next change to this code will be harder or riskier",
    Category.DEPENDENCY: "A dependency is wrong, missing or known to be bad",
    Category.CONFIGURATION: "A configuration does not do what it seems to do",
    Category.POLICY: "The change breaks a rule of this project",
}


def write_sarif(result: ReviewResult) -> str:
    """The review as one SARIF run; each `source:rule` is a rule of it."""
    rules = _rules(result.findings)
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    run: Json = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": "foureyes/review/"},
        # Only fixes have columns; editors count them in UTF-16.
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(result)],
        "results": [_result(finding, index, result.sources) for finding in result.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def relative_uri(path: str) -> str:
    """A path as a relative URI reference: every byte that could mean something else is percent-encoded."""
    return quote(encode(path))


def _driver(rules: Sequence[Json]) -> Json:
    return {
        "name": "Foureyes",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
    }


def _rules(findings: Iterable[Finding]) -> list[Json]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(_rule_id(finding), []).append(finding)
    return [_rule(name, said) for name, said in by_rule.items()]


def _rule_id(finding: Finding) -> str:
    # Two tools may give one name to different rules, and GitHub tells alerts apart by this id.
    return well_formed(f"{finding.source}/{finding.rule or finding.category}")


def _rule(name: str, findings: Sequence[Finding]) -> Json:
    """A rule as its findings show it: tools do not give us their catalogues, so its words name tool, rule and harm."""
    first = findings[0]
    # GitHub shows the rule's level in its list of alerts: of two findings, the worse one must not look like the milder.
    worst = max((finding.severity for finding in findings), key=lambda severity: severity.rank)
    harm = _HARM[first.category]
    about = f"{first.rule or first.category} of {first.source}"
    rule: Json = {
        "id": name,
        "name": "".join(part.capitalize() for part in _words(name)),
        "shortDescription": {"text": well_formed(f"{about}: {first.category}.")},
        "fullDescription": {"text": well_formed(f"{harm} ({about}).")},
        "help": _help(first, about, harm),
        "defaultConfiguration": {"level": _LEVELS[worst]},
        "properties": _rule_properties(first.category, worst),
    }
    return rule | ({"helpUri": first.url} if first.url else {})


def _help(finding: Finding, about: str, harm: str) -> Json:
    where = f" More about the rule: {finding.url}" if finding.url else ""
    text = well_formed(f"{harm}. Reported by {about}; `foureyes explain` says why.{where}")
    return {"text": text, "markdown": text}


def _words(name: str) -> list[str]:
    # The standard wants a readable name in PascalCase; a rule id has slashes and dashes.
    return "".join(letter if letter.isalnum() else " " for letter in name).split()


def _rule_properties(category: Category, worst: Severity) -> Json:
    if category is Category.SECURITY:
        return {"tags": ["security"], "security-severity": _SECURITY_SEVERITY[worst]}
    kind = {"error": "error", "warning": "warning", "note": "recommendation"}[_LEVELS[worst]]
    return {"tags": [category.value], "problem.severity": kind}


def _invocation(result: ReviewResult) -> Json:
    notes = [_tool_note(run) for run in result.tools if run.outcome in (Outcome.MISSING, Outcome.FAILED)]
    notes += [_note(f"{entry.path} was not wholly reviewed: {entry.reason}") for entry in result.ledger.incomplete]
    notes += [_note(notice.text, "note") for notice in result.notices]
    if result.model is None:
        notes.append(_note(NO_MODEL, "note"))
    return {
        "executionSuccessful": not result.ledger.incomplete,
        "startTimeUtc": result.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "toolExecutionNotifications": notes,
    }


def _tool_note(run: ToolRun) -> Json:
    return _note(f"{run.tool} {run.outcome}: {run.reason or 'it did not look'}")


def _note(text: str, level: str = "warning") -> Json:
    return {"level": level, "message": {"text": well_formed(text)}}


def _result(finding: Finding, index: Mapping[str, int], sources: Mapping[str, str]) -> Json:
    rule = _rule_id(finding)
    result: Json = {
        "ruleId": rule,
        "ruleIndex": index[rule],
        "level": _LEVELS[finding.severity],
        "rank": round(finding.confidence * 100, 1),
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": _location(finding, sources)}],
        # Without ours GitHub makes one from the text of the line, and opens the alert anew when that changes.
        "partialFingerprints": {"foureyes/v1": finding.fingerprint},
        "properties": {"severity": finding.severity, "category": finding.category, "also": list(finding.also)},
    }
    if finding.suggestion is not None and finding.path in sources:
        result["fixes"] = [_fix(finding, finding.suggestion, sources[finding.path].split("\n"))]
    return result


def _message(finding: Finding) -> str:
    title = finding.title.rstrip(". ")
    where = f" (removed line {finding.start_line})" if finding.side is Side.LEFT else ""
    return well_formed(f"{title}{where}. {finding.explanation}".strip())


def _location(finding: Finding, sources: Mapping[str, str]) -> Json:
    lines = sources[finding.path].split("\n") if finding.path in sources else []
    return {"artifactLocation": _artifact(finding.path), "region": _region(finding, lines)}


def _region(finding: Finding, lines: Sequence[str]) -> Json:
    """The finding's lines. A removed line has no place in the version that is uploaded: then the whole file."""
    if finding.side is Side.LEFT:
        return {"startLine": 1, "endLine": max(len(lines), 1)}
    region: Json = {"startLine": finding.start_line, "endLine": max(finding.start_line, finding.end_line)}
    snippet = well_formed("\n".join(lines[finding.start_line - 1 : finding.end_line]))
    return region | ({"snippet": {"text": snippet}} if snippet else {})


def _artifact(path: str) -> Json:
    return {"uri": relative_uri(path), "uriBaseId": "%SRCROOT%"}


def _fix(finding: Finding, suggestion: Suggestion, lines: Sequence[str]) -> Json:
    """A replacement of whole lines. Line ends are those of the file, so that a CRLF file stays one."""
    end = "\r\n" if lines and lines[0].endswith("\r") else "\n"
    replacement = "".join(line.rstrip("\r\n") + end for line in suggestion.lines)
    region = {"startLine": suggestion.start_line, "startColumn": 1, "endLine": suggestion.end_line + 1, "endColumn": 1}
    if suggestion.end_line >= len(lines):
        # The last line has no newline behind it: the region ends at its end, and nothing is put after it.
        replacement = replacement.removesuffix(end)
        region |= {"endLine": len(lines), "endColumn": _utf16_length(lines[-1]) + 1}
    change = {"deletedRegion": region, "insertedContent": {"text": well_formed(replacement)}}
    return {
        "description": {"text": well_formed(f"Suggested: {finding.title.rstrip('. ')}.")},
        "artifactChanges": [{"artifactLocation": _artifact(finding.path), "replacements": [change]}],
    }


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
