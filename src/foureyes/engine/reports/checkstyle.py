"""The form of checkstyle's XML report, which most build servers read."""

from itertools import groupby
from xml.sax.saxutils import quoteattr

from foureyes.diff.values import Side
from foureyes.engine.values import Finding, ReviewResult
from foureyes.kit.severity import Severity
from foureyes.kit.text import printable

_SEVERITIES = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}

# XML 1.0 has no way to write these two, not even as references: one in a name would make the whole report unreadable.
_NOT_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


def write_checkstyle(result: ReviewResult) -> str:
    """The findings as XML, one `file` element for each path."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<checkstyle version="4.3">']
    # groupby sees neighbours only, and build servers expect each file once.
    in_order = sorted(result.findings, key=lambda finding: (finding.path, finding.start_line))
    for path, findings in groupby(in_order, key=lambda finding: finding.path):
        lines += [f"  <file name={_attribute(path)}>", *map(_error, findings), "  </file>"]
    return "\n".join([*lines, "</checkstyle>", ""])


def _error(finding: Finding) -> str:
    line = "" if finding.side is Side.LEFT else f' line="{finding.start_line}"'
    said = f"{finding.title}. {finding.explanation}" if finding.explanation else finding.title
    source = f"{finding.source}.{finding.rule or finding.category}"
    severity = _SEVERITIES[finding.severity]
    return f'    <error{line} severity="{severity}" message={_attribute(said)} source={_attribute(source)}/>'


def _attribute(text: str) -> str:
    return quoteattr(printable(text).translate(_NOT_XML))
