"""Checkstyle's XML, which dozens of tools can write."""

from pathlib import Path
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.reports_in.paths import category_of, line_of, path_of
from foureyes.kit.severity import Severity

_SEVERITIES: Final = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "info": Severity.LOW}


def parse(raw: bytes, root: Path | None) -> list[Diagnostic]:
    """Raises ValueError where it is no XML, has entities of its own, or is another kind of document."""
    try:
        document = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as exc:
        raise ValueError(f"the XML is not well-formed or has a DTD ({exc})") from exc
    if document.tag != "checkstyle":
        raise ValueError(f"the XML is <{document.tag}>, not <checkstyle>")
    return [
        _diagnostic(path_of(file.get("name", ""), root), dict(error.attrib))
        for file in document.iter("file")
        for error in file.iter("error")
        if error.get("severity", "error") in _SEVERITIES
    ]


def _diagnostic(path: str, error: dict[str, str]) -> Diagnostic:
    written = error.get("line", "")
    line = line_of(int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None)
    source = error.get("source", "")
    tool, rule = _names(source)
    grade = Grade(_SEVERITIES[error.get("severity", "error")], category_of(source))
    return diagnosis(Place(path, line, line), tool=tool, rule=rule, message=error.get("message", ""), grade=grade)


def _names(source: str) -> tuple[str, str]:
    """`eslint.rules.no-eval` is rule no-eval of eslint; a Java class name is one of Checkstyle's own checks."""
    first, *others = source.split(".")
    if not others or first in ("com", "org"):
        return "checkstyle", (others or [first])[-1] or "unnamed"
    return first, others[-1]
