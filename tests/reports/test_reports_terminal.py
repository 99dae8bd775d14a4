"""What a person reads in the terminal: verdict first, findings under their line, everything else folded."""

import io
from dataclasses import replace

import pytest
from report_samples import CLEAN, DIVISION, LOCK, PATH, REMOVED, REVIEW, TEXT, hostile_review
from rich.cells import cell_len
from rich.console import Console

from foureyes.diff.values import FileChange, FileStatus, Hunk, Line, LineKind
from foureyes.engine.reports.form import View
from foureyes.engine.reports.terminal import show, write_terminal
from foureyes.engine.values import Coverage, FileEntry, HunkEntry, Ledger, ReviewResult, Suggestion, Verdict
from foureyes.kit.severity import Severity
from foureyes.llm.port import Usage

UNFOLDED = View(held_back=True, ledger=True, refusals=True)


def lines(review: ReviewResult, view: View | None = None, width: int = 80) -> list[str]:
    return write_terminal(review, view or View(), width=width).splitlines()


def footer(review: ReviewResult, label: str, view: View | None = None) -> str:
    """The folded line behind a label, wrapped lines joined."""
    text = write_terminal(review, view or View(), width=300)
    return next((line.removeprefix(label).strip() for line in text.splitlines() if line.startswith(label)), "")


def test_the_verdict_is_the_first_line_and_the_counts_are_the_second() -> None:
    first, second, *_ = lines(REVIEW)
    assert first.endswith("Do not merge yet: 1 high finding on lines this change touches.")
    assert second.split("  ")[1:] == ["▲ 1 high", "◆ 1 medium", "● 1 low"]


def test_a_finding_stands_under_its_line_of_code() -> None:
    shown = lines(REVIEW)
    at = shown.index("▲ 5 │     return total / len(prices)")
    assert shown[at - 2 : at] == ["  3 │ def average(prices):", "  4 │     total = sum(prices)"]
    assert shown[at + 1] == "    │ Division by zero when the basket is empty"


def test_a_suggestion_is_a_small_diff() -> None:
    shown = lines(REVIEW)
    at = shown.index("  - │     return total / len(prices)")
    assert shown[at + 1] == "  + │     return total / len(prices) if prices else 0.0"


def test_other_sources_are_named_in_the_last_line_of_a_finding() -> None:
    assert "    ╰ bug · model:zero-division · 87% sure · also ruff:B018 · a1b2c3d4" in lines(REVIEW)


def test_a_removed_line_is_shown_from_the_old_side_and_said_to_be_still_there() -> None:
    shown = lines(replace(REVIEW, findings=(REMOVED,)))
    assert f"◆ medium  {PATH}:4 (removed)" in shown
    assert "◆ 4 │     check(prices)" in shown
    assert any(line.startswith("    ╰ persisting · ") for line in shown)


def test_without_the_file_its_lines_come_from_the_diff_and_without_that_from_the_quote() -> None:
    from_diff = write_terminal(replace(REVIEW, findings=(DIVISION,), sources={}))
    elsewhere = replace(DIVISION, path="elsewhere.py")
    from_quote = write_terminal(replace(REVIEW, findings=(elsewhere,)))
    assert "▲ 5 │     return total / len(prices)" in from_diff
    assert "▲ 5 │     return total / len(prices)" in from_quote


def test_the_middle_of_a_long_range_is_left_out_and_counted() -> None:
    sources = {PATH: "\n".join(f"line {number}" for number in range(1, 101))}
    long = replace(DIVISION, start_line=10, end_line=60, suggestion=None)
    shown = write_terminal(replace(REVIEW, findings=(long,), sources=sources))
    assert "⋮ 44 more" in shown
    assert "line 60" in shown
    assert "line 30" not in shown


def test_a_long_suggestion_points_to_fix() -> None:
    suggestion = Suggestion(5, 5, tuple(f"line {number}" for number in range(40)), ("applies",))
    shown = write_terminal(replace(REVIEW, findings=(replace(DIVISION, suggestion=suggestion),)))
    assert "27 more lines in `foureyes fix`" in shown


def test_the_ledger_is_folded_to_one_line_for_each_fate() -> None:
    assert footer(REVIEW, "Coverage") == "1 file reviewed · 1 file skipped: generated"
    assert not any(LOCK in line for line in lines(REVIEW))


def test_the_ledger_unfolds_to_files_and_who_looked() -> None:
    shown = lines(REVIEW, View(ledger=True))
    assert f"    · {PATH}  model, ruff" in shown
    assert f"    · {LOCK}  " in [f"{line.rstrip()}  " for line in shown]


def test_a_file_reviewed_in_part_is_said_first_and_its_hunk_named() -> None:
    hunks = (HunkEntry("@@ -1,1 +1,2 @@", Coverage.REVIEWED), HunkEntry("@@ -9,1 +9,2 @@", Coverage.FAILED, "overload"))
    ledger = Ledger((*REVIEW.ledger.files, FileEntry("big.py", Coverage.REVIEWED, hunks=hunks)))
    review = replace(REVIEW, ledger=ledger, verdict=Verdict.INCOMPLETE)
    assert footer(review, "Coverage").startswith("1 file reviewed in part: overload · ")
    assert "      @@ -9,1 +9,2 @@ failed: overload" in lines(review, View(ledger=True))
    assert footer(review, "Next") == "--ledger names what was not reviewed"


def test_tools_that_could_not_look_are_named_with_the_reason() -> None:
    assert footer(REVIEW, "Analysers") == "ruff · oxlint missing (not installed) · zizmor failed (stopped after 60 s)"


def test_it_says_when_no_model_was_asked() -> None:
    assert footer(CLEAN, "Model") == "No model was asked: only static analysers looked."


@pytest.mark.parametrize(
    ("usage", "end"),
    [
        (Usage(12345, 3000, 1200, 21345, 5), "5 calls · 12,345 tokens in (3,000 cached), 1,200 out · $0.0213"),
        (Usage(100, 0, 10, 12_345_678, 1), "1 call · 100 tokens in, 10 out · $12.35"),
        (Usage(100, 0, 10, None, 1), "1 call · 100 tokens in, 10 out · price unknown"),
        (Usage(), "no call was made, nothing spent"),
    ],
)
def test_what_the_model_cost_is_said_and_an_unknown_price_is_said_to_be_unknown(usage: Usage, end: str) -> None:
    assert footer(replace(REVIEW, usage=usage), "Model") == f"anthropic:claude · {end}"


def test_what_was_held_back_or_refused_is_counted_and_unfolds() -> None:
    assert footer(REVIEW, "Held back") == "1 finding under the floor or over the cap (--all)"
    assert footer(REVIEW, "Not said") == "1 candidate refused (--why)"
    shown = write_terminal(REVIEW, UNFOLDED, width=120)
    assert "A remark under the floor" in shown
    assert "no quote: no such line" in shown


def test_notices_and_what_was_fixed_since_are_said() -> None:
    assert footer(REVIEW, "Notice") == ".foureyes.toml: This change edits the policy."
    assert footer(REVIEW, "Fixed") == "1 finding of the review before"


def test_the_last_line_is_the_next_step() -> None:
    assert lines(REVIEW)[-1] == "Next       `foureyes fix` applies the 2 tried suggestions"
    untried = replace(REVIEW, findings=(REMOVED,))
    assert lines(untried)[-1] == "Next       `foureyes explain 01234567` says why the first finding was made"


def test_a_clean_review_is_short() -> None:
    assert len(lines(CLEAN)) <= 7


@pytest.mark.parametrize("width", [40, 50, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for review in (REVIEW, hostile_review()):
        assert max(map(cell_len, lines(review, UNFOLDED, width))) <= width


def test_wide_characters_and_endless_lines_are_cut_to_the_width() -> None:
    sources = {PATH: TEXT.replace("return", "数" * 3_000_000)}
    shown = write_terminal(replace(REVIEW, sources=sources)).splitlines()
    assert max(map(cell_len, shown)) <= 80


def test_outside_text_moves_no_cursor_and_issues_no_command_in_a_log() -> None:
    shown = lines(hostile_review(), UNFOLDED)
    assert not any("\x1b" in line or "\u202e" in line or "##[" in line for line in shown)
    assert not any(line.lstrip().startswith("::") for line in shown)


def test_brackets_are_text_and_no_markup() -> None:
    review = replace(REVIEW, headline="[bold red]Done[/bold red] [/] [link=http://x]y[/link]")
    assert lines(review)[0].endswith("[bold red]Done[/bold red] [/] [link=http://x]y[/link]")


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR"])
def test_colour_follows_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    into = io.StringIO()
    show(Console(file=into, width=80), REVIEW)
    assert ("\x1b[31m" in into.getvalue()) is (variable == "FORCE_COLOR")


def test_each_severity_can_be_told_without_colour() -> None:
    findings = tuple(replace(REMOVED, severity=severity) for severity in Severity)
    counts = lines(replace(REVIEW, findings=findings))[1]
    assert counts.split("  ")[1:] == ["⬢ 1 critical", "▲ 1 high", "◆ 1 medium", "● 1 low", "■ 1 info"]


def test_a_secret_on_a_removed_line_is_masked() -> None:
    line = Line(LineKind.REMOVED, 4, None, f'key = "{"AKIA" + "Q3XV7ZT2PLM4WB6N"}"')
    change = replace(
        REVIEW.change, files=(FileChange(PATH, FileStatus.MODIFIED, hunks=(Hunk(4, 1, 4, 0, "", (line,)),)),)
    )
    shown = write_terminal(replace(REVIEW, change=change, findings=(REMOVED,)))
    assert "Q3XV7ZT2PLM4WB6N" not in shown
    assert "◆ 4 │ key = " in shown
