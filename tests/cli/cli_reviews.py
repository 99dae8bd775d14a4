"""Stored reviews, as `foureyes review` leaves them behind."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from factories import a_finding
from foureyes.cli.lastreview import store
from foureyes.diff.values import Change
from foureyes.engine.reports.document import document
from foureyes.engine.values import (
    Finding,
    Ledger,
    Refusal,
    RefusalReason,
    ReviewResult,
    Suggestion,
    Trace,
    Verdict,
)
from foureyes.kit.severity import Severity
from foureyes.llm.port import Usage
from foureyes.settings import load_settings

APP = "import os\n\ndef average(prices):\n    return sum(prices) / len(prices)\n"

DIVISION = a_finding(
    start_line=4,
    end_line=4,
    source="model",
    rule="zero-division",
    title="Division by zero when the basket is empty",
    evidence="    return sum(prices) / len(prices)",
    fingerprint="aa11aa11aa11aa11",
    suggestion=Suggestion(4, 4, ("    return sum(prices) / max(len(prices), 1)",), ("applies", "parses")),
    also=("ruff:B018",),
    trace=Trace("anthropic:claude", "review-1", ("app.py:3-4",), 3, 2, "an empty basket reaches it"),
)
UNUSED = a_finding(
    start_line=1,
    end_line=1,
    severity=Severity.LOW,
    rule="F401",
    title="os imported but unused",
    fingerprint="bb22bb22bb22bb22",
    suggestion=Suggestion(1, 1, (), ("applies", "parses")),
    url="https://docs.astral.sh/ruff/rules/unused-import",
)
UNMENDED = a_finding(start_line=3, end_line=3, title="No docstring", fingerprint="bb33bb33bb33bb33")
REFUSED = Refusal("app.py", 3, "A name that may confuse", "model", RefusalReason.NOT_REAL, "it is the field's own word")


def a_result(
    findings: Sequence[Finding] = (), *, ledger: Ledger | None = None, verdict: Verdict = Verdict.BLOCK
) -> ReviewResult:
    return ReviewResult(
        change=Change("main", "working tree", ()),
        verdict=verdict,
        headline="Do not merge yet: 1 high finding.",
        findings=tuple(findings),
        ledger=ledger or Ledger(),
        tools=(),
        usage=Usage(),
        started=datetime(2026, 11, 22, tzinfo=UTC),
        seconds=1.0,
        refusals=(REFUSED,),
    )


def leave_review(checkout: Path, findings: Sequence[Finding] = (DIVISION, UNUSED, UNMENDED)) -> None:
    """Store a review of `checkout` that found these, with the files as they are now."""
    contents = {path: (checkout / path).read_bytes() for path in {finding.path for finding in findings}}
    store(load_settings().cache_dir, checkout, document(a_result(findings)), contents)
