"""Reviewdog's format: one JSON document (rdjson), or one diagnostic a line (rdjsonl)."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.port import Diagnostic, Replacement
from foureyes.analyzers.reports_in.paths import category_of, line_of, link, path_of
from foureyes.kit.severity import Severity

_SEVERITIES: Final = {
    "ERROR": Severity.HIGH,
    "WARNING": Severity.MEDIUM,
    "INFO": Severity.LOW,
    # The numbers of the protocol buffer, which some writers use.
    1: Severity.HIGH,
    2: Severity.MEDIUM,
    3: Severity.LOW,
}


class _Position(BaseModel):
    line: int = 0
    column: int = 0


class _Range(BaseModel):
    start: _Position = _Position()
    end: _Position | None = None


class _Location(BaseModel):
    path: str
    range: _Range = _Range()


class _Source(BaseModel):
    name: str = ""
    url: str = ""


class _Code(BaseModel):
    value: str = ""
    url: str = ""


class _Suggestion(BaseModel):
    range: _Range = _Range()
    text: str = ""


class _Finding(BaseModel):
    message: str
    location: _Location
    severity: str | int | None = None
    source: _Source | None = None
    code: _Code | None = None
    suggestions: list[_Suggestion] = Field(default_factory=list)


class _Document(BaseModel):
    diagnostics: list[_Finding]
    source: _Source | None = None
    severity: str | int | None = None


_LINE: Final = TypeAdapter(_Finding)


def parse(raw: bytes, root: Path | None) -> list[Diagnostic]:
    """Raises ValueError where it is something else."""
    document = _Document.model_validate_json(raw)
    return [_diagnostic(one, document.source, document.severity, root) for one in document.diagnostics]


def parse_lines(raw: bytes, root: Path | None) -> list[Diagnostic]:
    """Raises ValueError where a line is no diagnostic."""
    findings = [_LINE.validate_json(line) for line in raw.splitlines() if line.strip()]
    return [_diagnostic(one, None, None, root) for one in findings]


def _diagnostic(one: _Finding, source: _Source | None, severity: str | int | None, root: Path | None) -> Diagnostic:
    span = one.location.range
    start = line_of(span.start.line)
    # A range that ends in column 1 holds nothing of that line.
    end = line_of(span.end.line - (span.end.column == 1)) if span.end and span.end.line else start
    tool = one.source or source or _Source()
    code = one.code or _Code()
    graded = _SEVERITIES.get(one.severity or severity or "", Severity.LOW)
    return diagnosis(
        Place(path_of(one.location.path, root), start, end),
        tool=tool.name or "rdjson",
        rule=code.value or "unnamed",
        message=one.message,
        grade=Grade(graded, category_of(code.value)),
        url=link(code.url) or link(tool.url),
        replacement=_replacement(one.suggestions),
    )


def _replacement(suggestions: list[_Suggestion]) -> Replacement | None:
    """The first suggestion, where it is for whole lines: without the file, a part of a line can't be put together."""
    if not suggestions:
        return None
    start = suggestions[0].range.start
    end = suggestions[0].range.end or start
    text = suggestions[0].text
    if start.column > 1 or start.line < 1:
        return None
    if end.column == 0:
        return Replacement(
            start.line, max(start.line, end.line), tuple(text.removesuffix("\n").split("\n")) if text else ()
        )
    if end.column == 1 and end.line > start.line and (not text or text.endswith("\n")):
        return Replacement(start.line, end.line - 1, tuple(text.split("\n")[:-1]))
    return None
