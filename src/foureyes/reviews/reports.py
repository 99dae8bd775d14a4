"""The report of a completed review in each form, written from its stored result."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from foureyes.engine.architecture.report import architecture_report
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.debug.report import diagnosis_report
from foureyes.engine.reports.diagnosis_terminal import write_diagnosis_terminal
from foureyes.engine.reports.form import Form, View
from foureyes.engine.reports.forms import write
from foureyes.engine.reports.map_graph import write_dot, write_mermaid
from foureyes.engine.reports.map_markdown import write_map_markdown
from foureyes.engine.reports.map_terminal import write_map_terminal
from foureyes.engine.reports.stored import StoredDiagnosis, load_architecture, load_diagnosis, load_review
from foureyes.errors import FieldProblem, InvalidRequestError
from foureyes.kit.text import well_formed
from foureyes.models.reviews import ReviewKind


class ReportFormat(StrEnum):
    """Every form that some kind of review has."""

    JSON = "json"
    MARKDOWN = "markdown"
    TERMINAL = "terminal"
    SARIF = "sarif"
    GITHUB = "github"
    RDJSON = "rdjson"
    GITLAB = "gitlab"
    CHECKSTYLE = "checkstyle"
    MERMAID = "mermaid"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Report:
    """A written report, ready to be sent."""

    content: bytes
    media_type: str


MEDIA_TYPES: Mapping[ReportFormat, str] = {
    ReportFormat.JSON: "application/json",
    ReportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ReportFormat.TERMINAL: "text/plain; charset=utf-8",
    ReportFormat.SARIF: "application/sarif+json",
    ReportFormat.GITHUB: "text/plain; charset=utf-8",
    ReportFormat.RDJSON: "application/json",
    ReportFormat.GITLAB: "application/json",
    ReportFormat.CHECKSTYLE: "application/xml",
    ReportFormat.MERMAID: "text/plain; charset=utf-8",
    ReportFormat.DOT: "text/vnd.graphviz; charset=utf-8",
}

_DIAGNOSES: Mapping[ReportFormat, Callable[[StoredDiagnosis], str]] = {
    ReportFormat.JSON: lambda stored: _json(diagnosis_report(stored.diagnosis)),
    ReportFormat.TERMINAL: lambda stored: write_diagnosis_terminal(stored.diagnosis, stored.sources),
}
_ARCHITECTURES: Mapping[ReportFormat, Callable[[Architecture], str]] = {
    ReportFormat.JSON: lambda found: _json(architecture_report(found)),
    ReportFormat.MARKDOWN: write_map_markdown,
    ReportFormat.TERMINAL: write_map_terminal,
    ReportFormat.MERMAID: write_mermaid,
    ReportFormat.DOT: write_dot,
}
FORMATS: Mapping[ReviewKind, frozenset[ReportFormat]] = {
    ReviewKind.REVIEW: frozenset(ReportFormat(form) for form in Form),
    ReviewKind.DEBUG: frozenset(_DIAGNOSES),
    ReviewKind.ARCHITECTURE: frozenset(_ARCHITECTURES),
}


def require_format(kind: ReviewKind, form: ReportFormat) -> None:
    """Raises InvalidRequestError: reviews of this kind have no such report."""
    known = FORMATS.get(kind, frozenset())
    if form not in known:
        reason = f"a review of kind {kind} has no report in {form}: ask for {', '.join(sorted(known)) or 'none'}"
        raise InvalidRequestError(f"{reason.capitalize()}.", problems=[FieldProblem("format", reason)])


def write_report(kind: ReviewKind, result: bytes, form: ReportFormat, view: View) -> Report:
    """The report. It takes milliseconds for each hundred findings: large ones are for a thread.

    Raises:
        InvalidRequestError: reviews of this kind have no such report.
        StoredResultError: the stored result is one of another version.
    """
    require_format(kind, form)
    if kind is ReviewKind.DEBUG:
        text = _DIAGNOSES[form](load_diagnosis(result))
    elif kind is ReviewKind.ARCHITECTURE:
        text = _ARCHITECTURES[form](load_architecture(result))
    else:
        text = write(load_review(result), Form(form), view)
    return Report(well_formed(text).encode(), MEDIA_TYPES[form])


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"
