"""zizmor: security of GitHub workflows and actions."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_text, is_workflow
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_SEVERITIES: Final[Mapping[str, Severity]] = {
    "High": Severity.HIGH,
    "Medium": Severity.MEDIUM,
    "Low": Severity.LOW,
}
_CONFIDENCES: Final[Mapping[str, float]] = {"High": 1.0, "Medium": 0.8, "Low": 0.6}
_LOWER: Final = frozenset({"artipacked", "excessive-permissions", "unpinned-uses", "secrets-inherit"})
"""Good advice for nearly every workflow that there is: never more than low."""
_WHYS: Final[Mapping[str, str]] = {
    "artipacked": "The token stays in the checkout, where later steps and artifacts can carry it away.",
    "cache-poisoning": "A cache written by one run is trusted by the run that publishes.",
    "dangerous-triggers": "The workflow has secrets and write access, and code from outside can reach it.",
    "excessive-permissions": "The token can do more than the job needs, and so can whoever takes over a step.",
    "github-env": "Text from outside written there sets variables for all later steps.",
    "hardcoded-container-credentials": "Everyone who can read the code has the password.",
    "insecure-commands": "Whatever a step prints can set variables for later steps.",
    "known-vulnerable-actions": "The version that is used has a known hole.",
    "overprovisioned-secrets": "The step sees every secret there is.",
    "secrets-inherit": "The called workflow gets every secret there is.",
    "self-hosted-runner": "Code of a pull request runs on a machine of yours and can stay there.",
    "template-injection": "The text becomes part of the script before the shell sees it; pass it as a variable.",
    "unpinned-uses": "Whoever controls the action can move the tag to other code.",
    "unpinned-images": "Whoever controls the image can move the tag to other code.",
    "unsound-condition": "The condition always holds, so the step or job always runs.",
    "use-trusted-publishing": "A long-lived password can leak; a short-lived identity can't.",
}
_DEFAULT_WHY: Final = "The page of this rule tells how it is attacked."
_DEPENDENCIES: Final = frozenset({"unpinned-uses", "unpinned-images", "known-vulnerable-actions"})
# A batch in which no file parses is no failure of the tool: the syntax error is reported by others.
_NOTHING_READABLE: Final = 3


class _Determinations(BaseModel):
    confidence: str
    severity: str


class _Local(BaseModel):
    path: str = Field(alias="verbatim_path")


class _Key(BaseModel):
    local: _Local = Field(alias="Local")


class _Symbolic(BaseModel):
    key: _Key
    annotation: str
    kind: str


class _Point(BaseModel):
    row: int
    column: int


class _Span(BaseModel):
    start_point: _Point
    end_point: _Point


class _Concrete(BaseModel):
    location: _Span


class _Location(BaseModel):
    symbolic: _Symbolic
    concrete: _Concrete


class _Audit(BaseModel):
    ident: str
    desc: str
    url: str
    determinations: _Determinations
    locations: list[_Location]
    ignored: bool


_AUDITS: Final = TypeAdapter(list[_Audit])


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    del batch
    if done.code == _NOTHING_READABLE:
        return
    for audit in _AUDITS.validate_json(done.stdout):
        severity = _SEVERITIES.get(audit.determinations.severity)
        primary = next((place for place in audit.locations if place.symbolic.kind == "Primary"), None)
        if severity and primary and not audit.ignored:
            yield _diagnostic(audit, primary, severity)


def _diagnostic(audit: _Audit, primary: _Location, severity: Severity) -> Diagnostic:
    span = primary.concrete.location
    # Rows count from 0, and a range that ends in column 0 holds nothing of that row.
    place = Place(
        primary.symbolic.key.local.path, span.start_point.row + 1, span.end_point.row + (span.end_point.column > 0)
    )
    category = Category.DEPENDENCY if audit.ident in _DEPENDENCIES else Category.SECURITY
    confidence = _CONFIDENCES.get(audit.determinations.confidence, 0.5)
    graded = Severity.LOW if audit.ident in _LOWER else severity
    return diagnosis(
        place,
        tool="zizmor",
        rule=audit.ident,
        message=audit.desc[:1].upper() + audit.desc[1:],
        details=primary.symbolic.annotation[:1].upper() + primary.symbolic.annotation[1:],
        grade=Grade(graded, category, _WHYS.get(audit.ident, _DEFAULT_WHY), confidence),
        url=audit.url,
    )


def _wants(file: AnalyzedFile) -> bool:
    return is_workflow(file) or (file.path.endswith(("action.yml", "action.yaml")) and is_text(file))


ANALYZER: Final = CommandAnalyzer(
    name="zizmor",
    distribution="zizmor",
    wants=_wants,
    arguments=("--offline", "--config", config("zizmor.yml"), "--no-progress", "--color=never", "--format=json"),
    read=_read,
    codes=frozenset({0, _NOTHING_READABLE, 11, 12, 13, 14}),
)
