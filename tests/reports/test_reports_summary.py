"""The sentences about a whole review."""

from dataclasses import replace

import pytest
from report_samples import CLEAN, DIVISION, PATH, REMOVED, REVIEW, UNUSED

from foureyes.analyzers.port import Outcome, ToolRun
from foureyes.engine.reports import summary
from foureyes.engine.values import Coverage, FileEntry, HunkEntry, Ledger, Notice, Refusal, RefusalReason
from foureyes.kit.severity import Severity


def sentences(*entries: FileEntry) -> list[str]:
    return [group.sentence for group in summary.coverage_groups(replace(CLEAN, ledger=Ledger(entries)))]


def test_severities_are_counted_worst_first_and_the_absent_are_left_out() -> None:
    found = summary.severity_counts([UNUSED, DIVISION, UNUSED])
    assert found == [(Severity.HIGH, 1), (Severity.LOW, 2)]


def test_files_with_one_fate_are_one_group() -> None:
    generated = [FileEntry(name, Coverage.SKIPPED, "generated") for name in "ab"]
    assert sentences(*generated) == ["2 files skipped: generated"]


def test_what_was_missed_comes_first() -> None:
    said = sentences(
        FileEntry("a", Coverage.REVIEWED),
        FileEntry("b", Coverage.SKIPPED, "binary"),
        FileEntry("c", Coverage.SKIPPED, "too large", expected=False),
        FileEntry("d", Coverage.FAILED, "overloaded"),
    )
    assert said == [
        "1 file not reviewed: too large",
        "1 file failed: overloaded",
        "1 file reviewed",
        "1 file skipped: binary",
    ]


def test_a_file_with_a_failed_hunk_was_reviewed_in_part() -> None:
    hunks = (HunkEntry("@@ -1 +1 @@", Coverage.REVIEWED), HunkEntry("@@ -9 +9 @@", Coverage.FAILED, "no budget"))
    assert sentences(FileEntry("a", Coverage.REVIEWED, hunks=hunks)) == ["1 file reviewed in part: no budget"]


def test_what_is_unchanged_is_said_to_be() -> None:
    assert sentences(FileEntry("a", Coverage.CACHED)) == ["1 file unchanged since the last review"]


def test_commit_ids_are_shortened_and_names_are_not() -> None:
    assert summary.change_line(REVIEW) == f"main..{'f' * 10} · 2 files, +2 \N{MINUS SIGN}1"
    alone = replace(REVIEW, change=replace(REVIEW.change, base="", head="working tree"))
    assert summary.change_line(alone).startswith("working tree · ")


def test_an_analyser_that_ran_twice_is_named_once() -> None:
    runs = (*REVIEW.tools, *REVIEW.tools)
    assert summary.tools_that_ran(replace(REVIEW, tools=runs)) == ["ruff"]
    assert len(summary.tools_in_trouble(replace(REVIEW, tools=runs))) == 2


def test_an_analyser_that_had_nothing_to_look_at_is_not_named() -> None:
    assert summary.tools_that_ran(replace(REVIEW, tools=(ToolRun("ruff", Outcome.RAN),))) == []


def test_the_page_of_an_error_is_cut_to_a_line() -> None:
    run = ToolRun("zizmor", Outcome.FAILED, (PATH,), "word " * 500)
    assert len(summary.tools_in_trouble(replace(REVIEW, tools=(run,)))[0]) < 200


@pytest.mark.parametrize(
    ("cost", "said"),
    [(None, "price unknown"), (0, "$0.00"), (120, "$0.0001"), (999_999, "$1.0000"), (12_345_678, "$12.35")],
)
def test_money_is_said_as_people_read_it(cost: int | None, said: str) -> None:
    assert summary.money(cost) == said


@pytest.mark.parametrize(("first", "last", "said"), [(5, 5, f"{PATH}:5"), (5, 9, f"{PATH}:5-9"), (5, 4, f"{PATH}:5")])
def test_a_place_is_path_and_lines(first: int, last: int, said: str) -> None:
    assert summary.place(replace(DIVISION, start_line=first, end_line=last)) == said


def test_a_removed_line_is_said_to_be_one() -> None:
    assert summary.place(REMOVED) == f"{PATH}:4 (removed)"


def test_only_a_model_is_less_than_sure() -> None:
    assert summary.origin(DIVISION) == "model:zero-division · 87% sure · also ruff:B018"
    assert summary.origin(replace(UNUSED, confidence=0.5)) == "ruff:F401"
    assert summary.origin(replace(UNUSED, rule="")) == "ruff"


def test_a_refusal_is_told_in_words() -> None:
    refusal = Refusal(PATH, 1, "x", "model", RefusalReason.ANALYSER_SAID_IT, "ruff:F401")
    assert summary.refused(refusal) == "analyser said it: ruff:F401"
    assert summary.refused(replace(refusal, detail="")) == "analyser said it"


def test_a_notice_names_its_path_once() -> None:
    assert summary.noticed(Notice("x", "It is odd.", "a.py")) == "a.py: It is odd."
    assert summary.noticed(Notice("x", "a.py is odd.", "a.py")) == "a.py is odd."


def test_names_past_the_limit_are_counted() -> None:
    assert summary.listed(["a", "b", "c"], 3) == "a, b, c"
    assert summary.listed(["a", "b", "c"], 1) == "a and 2 more"
