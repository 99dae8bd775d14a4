"""The verdict: not reviewed is never fine, and what blocks is said first."""

from factories import a_finding
from foureyes.analyzers.port import Outcome, ToolRun
from foureyes.engine.policy import Policy
from foureyes.engine.values import Coverage, FileEntry, Finding, Ledger, Verdict
from foureyes.engine.verdict import judge
from foureyes.kit.severity import Severity

SEEN = FileEntry("a.py", Coverage.REVIEWED, by=("ruff",))
BINARY = FileEntry("logo.png", Coverage.SKIPPED, "binary")
LOST = FileEntry("b.py", Coverage.FAILED, "the provider is down", expected=False)


def verdict_of(
    *entries: FileEntry, findings: tuple[Finding, ...] = (), tools: tuple[ToolRun, ...] = (), model: bool = True
) -> tuple[Verdict, str]:
    return judge(findings, Ledger(entries), tools, policy=Policy(), asked_model=model)


def test_an_empty_change_is_nothing() -> None:
    assert verdict_of()[0] is Verdict.NOTHING


def test_a_clean_change_is_fine_and_says_when_no_model_looked() -> None:
    assert verdict_of(SEEN, BINARY) == (Verdict.FINE, "Nothing to flag.")
    assert "no model was asked" in verdict_of(SEEN, model=False)[1]


def test_a_file_that_failed_makes_it_incomplete() -> None:
    verdict, headline = verdict_of(SEEN, LOST)
    assert verdict is Verdict.INCOMPLETE
    assert "1 file not reviewed" in headline


def test_a_tool_that_failed_makes_it_incomplete_and_is_named() -> None:
    verdict, headline = verdict_of(SEEN, tools=(ToolRun("oxlint", Outcome.FAILED, reason="crashed"),))
    assert verdict is Verdict.INCOMPLETE
    assert "oxlint failed" in headline


def test_a_tool_that_is_missing_or_off_does_not() -> None:
    tools = (ToolRun("cppcheck", Outcome.MISSING), ToolRun("mypy", Outcome.OFF))
    assert verdict_of(SEEN, tools=tools)[0] is Verdict.FINE


def test_only_binary_files_is_not_green() -> None:
    verdict, headline = verdict_of(BINARY)
    assert verdict is Verdict.INCOMPLETE
    assert "1 file (binary)" in headline


def test_files_that_only_moved_or_went_leave_nothing_to_review() -> None:
    moved = FileEntry("b.py", Coverage.SKIPPED, "renamed without a change of content", void=True)
    gone = FileEntry("c.py", Coverage.SKIPPED, "deleted", void=True)
    assert verdict_of(moved, gone)[0] is Verdict.NOTHING
    assert verdict_of(moved, BINARY)[0] is Verdict.INCOMPLETE


def test_high_findings_block_even_an_incomplete_review() -> None:
    verdict, headline = verdict_of(SEEN, LOST, findings=(a_finding(), a_finding(severity=Severity.CRITICAL)))
    assert verdict is Verdict.BLOCK
    assert headline.startswith("Do not merge yet: 1 critical and 1 high findings")
    assert "incomplete" in headline


def test_smaller_findings_are_worth_a_look() -> None:
    assert verdict_of(SEEN, findings=(a_finding(severity=Severity.LOW),)) == (
        Verdict.LOOK,
        "Worth a look: 1 low finding.",
    )
