"""Findings made of diagnostics and of candidates: places that exist, evidence from the file, the milder severity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_candidate
from foureyes.analyzers.port import Diagnostic, Replacement
from foureyes.diff.values import Side
from foureyes.engine.candidates import Ruling, Verified
from foureyes.engine.findings import from_diagnostic, from_verification
from foureyes.engine.gate import Placed
from foureyes.engine.values import MODEL_SOURCE, Finding, Suggestion
from foureyes.engine.verify import Verification
from foureyes.kit.severity import Category, Severity

LINES = tuple(f"line {number}" for number in range(1, 31))


def said(start: int = 3, end: int = 3, **facts: object) -> Diagnostic:
    words: dict[str, object] = {
        "path": "app.py",
        "start_line": start,
        "end_line": end,
        "tool": "ruff",
        "rule": "B006",
        "message": "Mutable default argument",
        "severity": Severity.MEDIUM,
        "category": Category.BUG,
        **facts,
    }
    return Diagnostic(**words)  # type: ignore[arg-type]


def found(
    *, verified: Verified | None = None, side: Side = Side.RIGHT, lines: tuple[int, int] = (2, 2), **words: object
) -> Finding:
    placed = Placed(a_candidate(**words), "app.py", *lines, side, "    return items[0]", votes=2)
    verification = Verification(placed, verified or Verified(verdict=Ruling.REAL), "I followed it.")
    return from_verification(verification, model="m:x", prompt_version="review-1", context=["app.py: first"], passes=3)


def test_a_diagnostic_keeps_all_that_its_tool_said() -> None:
    finding = from_diagnostic(
        said(explanation="Shared between calls.", url="https://docs.example/B006", confidence=0.7), LINES
    )
    assert (finding.source, finding.rule, finding.title) == ("ruff", "B006", "Mutable default argument")
    assert (finding.explanation, finding.url, finding.confidence) == (
        "Shared between calls.",
        "https://docs.example/B006",
        0.7,
    )
    assert (finding.severity, finding.category, finding.side) == (Severity.MEDIUM, Category.BUG, Side.RIGHT)
    assert finding.trace is None


def test_evidence_quotes_the_lines_of_the_file() -> None:
    assert from_diagnostic(said(3, 5), LINES).evidence == "line 3\nline 4\nline 5"


def test_a_remark_about_a_long_function_quotes_its_beginning_only() -> None:
    finding = from_diagnostic(said(1, 30), LINES)
    assert finding.evidence.count("\n") == 11
    assert (finding.start_line, finding.end_line) == (1, 30)


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [(0, 0, (1, 1)), (-5, 2, (1, 2)), (31, 31, (30, 30)), (29, 400, (29, 30)), (7, 3, (7, 7))],
)
def test_lines_that_the_file_does_not_have_become_lines_that_it_has(
    start: int, end: int, place: tuple[int, int]
) -> None:
    finding = from_diagnostic(said(start, end), LINES)
    assert (finding.start_line, finding.end_line) == place


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 40))
def test_a_place_is_always_inside_the_file(start: int, end: int, count: int) -> None:
    finding = from_diagnostic(said(start, end), LINES[:count])
    assert 1 <= finding.start_line <= finding.end_line <= max(1, min(count, len(LINES)))


def test_a_fix_of_a_tool_is_a_suggestion_that_nobody_has_tried() -> None:
    finding = from_diagnostic(said(replacement=Replacement(3, 4, ("x", "y"))), LINES)
    assert finding.suggestion == Suggestion(3, 4, ("x", "y"), tried=())


def test_a_verified_candidate_carries_its_trace() -> None:
    finding = found()
    assert finding.source == MODEL_SOURCE
    assert finding.trace is not None
    assert (finding.trace.votes, finding.trace.passes, finding.trace.context) == (2, 3, ("app.py: first",))
    assert (finding.trace.model, finding.trace.verification) == ("m:x", "I followed it.")


def test_evidence_is_what_the_file_says_and_not_what_the_model_wrote() -> None:
    assert found(quote="return   items[0]  # I swear").evidence == "    return items[0]"


@pytest.mark.parametrize(
    ("claimed", "argued", "agreed"),
    [
        ("critical", Severity.LOW, Severity.LOW),
        ("low", Severity.CRITICAL, Severity.LOW),
        ("high", Severity.HIGH, Severity.HIGH),
        ("high", None, Severity.HIGH),
    ],
)
def test_of_two_severities_the_milder_is_said(claimed: str, argued: Severity | None, agreed: Severity) -> None:
    finding = found(severity=claimed, verified=Verified(verdict=Ruling.REAL, severity=argued))
    assert finding.severity is agreed


def test_a_replacement_takes_the_place_of_the_candidates_lines() -> None:
    assert found(replacement=["a", "b"], lines=(2, 3)).suggestion == Suggestion(2, 3, ("a", "b"))


def test_a_replacement_written_as_one_text_becomes_lines() -> None:
    assert found(replacement=["if items:\n    return items[0]"]).suggestion == Suggestion(
        2, 2, ("if items:", "    return items[0]")
    )


def test_no_lines_at_all_suggest_a_deletion_and_none_suggests_nothing() -> None:
    assert found(replacement=[]).suggestion == Suggestion(2, 2, ())
    assert found(replacement=None).suggestion is None


def test_removed_lines_can_not_be_replaced() -> None:
    finding = found(replacement=["check()"], side=Side.LEFT)
    assert (finding.suggestion, finding.side) == (None, Side.LEFT)
