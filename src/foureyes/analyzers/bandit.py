"""bandit itself, on request: ruff has the same checks by default at a hundredth of the cost (ADR 0011)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_test, of_language, relative
from foureyes.analyzers.port import Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_SEVERITIES: Final[Mapping[str, Severity]] = {
    "HIGH": Severity.HIGH,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
}
# What it is unsure of goes on with low confidence, so that ranking and caps put it behind what others are sure of.
_CONFIDENCES: Final[Mapping[str, float]] = {"HIGH": 1.0, "MEDIUM": 0.7, "LOW": 0.4}
_HARMLESS: Final = "eems safe"
"""What B602 and B605 say about a command that is a constant."""
_QUOTED: Final = re.compile(r": '.*'$")
"""B105 to B107 quote the password."""


class _Weakness(BaseModel):
    id: int | None = None


class _Result(BaseModel):
    filename: str
    test_id: str
    issue_text: str
    issue_severity: str
    issue_confidence: str
    issue_cwe: _Weakness
    line_number: int
    line_range: list[int]
    more_info: str


class _Answer(BaseModel):
    results: list[_Result]


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    for result in _Answer.model_validate_json(done.stdout).results:
        path = relative(result.filename, batch.root)
        severity = _SEVERITIES.get(result.issue_severity)
        if severity and _HARMLESS not in result.issue_text:
            yield _diagnostic(result, path, Severity.LOW if is_test(path) else severity)


def _diagnostic(result: _Result, path: str, severity: Severity) -> Diagnostic:
    weakness = result.issue_cwe.id
    why = f"This is weakness CWE-{weakness}." if weakness else "Its page tells how it is attacked."
    grade = Grade(severity, Category.SECURITY, why, _CONFIDENCES.get(result.issue_confidence, 0.4))
    return diagnosis(
        Place(path, result.line_number, max(result.line_range, default=result.line_number)),
        tool="bandit",
        rule=result.test_id,
        message=_QUOTED.sub("", result.issue_text),
        grade=grade,
        url=result.more_info,
    )


ANALYZER: Final = CommandAnalyzer(
    name="bandit",
    distribution="bandit",
    wants=of_language(Language.PYTHON),
    arguments=("--quiet", "--exit-zero", "--format=json", "--configfile", config("bandit.yaml"), "--exclude="),
    read=_read,
    # With --exit-zero any other code means that it failed, not that it found something.
    codes=frozenset({0}),
)
