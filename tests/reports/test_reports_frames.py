"""The code around a finding, and its suggestion as a diff."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from report_samples import DIVISION, PATH, REMOVED, REVIEW, SOURCES

from foureyes.diff.values import Change
from foureyes.engine.reports.frames import DiffLine, FrameLine, code_around, frame, suggested
from foureyes.engine.values import Finding, Suggestion

NOTHING = Change("", "", ())
LINES = st.lists(st.sampled_from(["a", "b", "c", "", "  d"]), max_size=12)


def numbers(lines: list[FrameLine]) -> list[int | None]:
    return [line.number for line in lines]


def at(first: int, last: int) -> Finding:
    return replace(DIVISION, start_line=first, end_line=last)


def test_two_lines_above_are_context_and_the_findings_own_are_marked() -> None:
    lines = frame(at(4, 5), SOURCES, NOTHING)
    assert [(line.number, line.marked) for line in lines] == [(2, False), (3, False), (4, True), (5, True)]


def test_the_first_line_has_nothing_above_it() -> None:
    assert numbers(frame(at(1, 1), SOURCES, NOTHING)) == [1]


def test_lines_past_the_end_are_not_made_up() -> None:
    assert numbers(frame(at(5, 90), SOURCES, NOTHING)) == [3, 4, 5, 6]
    assert frame(at(900, 900), SOURCES, NOTHING) == []


def test_an_end_before_the_start_is_the_start() -> None:
    assert numbers(frame(at(4, 3), SOURCES, NOTHING)) == [2, 3, 4]


def test_of_a_long_range_head_and_tail_are_shown() -> None:
    sources = {PATH: "\n".join(str(number) for number in range(1, 101))}
    lines = frame(at(10, 60), sources, NOTHING)
    assert numbers(lines) == [8, 9, 10, 11, 12, 13, 14, None, 59, 60]
    assert lines[7].text == "44 more"


def test_an_endless_range_costs_nothing() -> None:
    assert len(frame(at(1, 10**12), SOURCES, NOTHING)) == 6


def test_the_old_side_comes_from_the_diff() -> None:
    lines = frame(REMOVED, SOURCES, REVIEW.change)
    assert [(line.number, line.text) for line in lines] == [
        (3, "def average(prices):"),
        (4, "    check(prices)"),
    ]


def test_without_file_and_diff_the_quote_stands_in() -> None:
    quoted = replace(DIVISION, start_line=7, end_line=8, evidence="one\ntwo")
    assert [(line.number, line.text) for line in frame(quoted, {}, NOTHING)] == [(7, "one"), (8, "two")]
    assert frame(replace(quoted, evidence=""), {}, NOTHING) == []


def test_tabs_and_carriage_returns_do_not_break_the_frame() -> None:
    assert frame(at(1, 1), {PATH: "\tx = 1\r\n"}, NOTHING)[0].text == "    x = 1"


def test_a_place_is_shown_with_a_little_around_it() -> None:
    text = "one\ntwo\nthree\nfour\nfive"
    assert numbers(code_around(text, 4)) == [2, 3, 4, 5]
    assert numbers(code_around(text, 1)) == [1, 2]
    assert code_around("", 40) == []


def test_lines_that_a_suggestion_keeps_are_kept() -> None:
    lines = suggested(Suggestion(3, 4, ("def average(prices):", "    return 0")), PATH, SOURCES)
    assert lines == [
        DiffLine(" ", "def average(prices):"),
        DiffLine("-", "    total = sum(prices)"),
        DiffLine("+", "    return 0"),
    ]


def test_an_insertion_takes_nothing_away() -> None:
    assert suggested(Suggestion(4, 3, ("    x = 1",)), PATH, SOURCES) == [DiffLine("+", "    x = 1")]


def test_without_the_file_only_the_new_lines_are_known() -> None:
    assert suggested(Suggestion(4, 4, ("    x = 1",)), PATH, {}) == [DiffLine("+", "    x = 1")]


@given(LINES, LINES)
def test_the_diff_holds_all_of_the_old_and_all_of_the_new(old: list[str], new: list[str]) -> None:
    lines = suggested(Suggestion(1, len(old), tuple(new)), "f", {"f": "\n".join([*old, "after"])})
    assert [line.text for line in lines if line.sign in "- "] == old
    assert [line.text for line in lines if line.sign in "+ "] == new


def test_a_huge_suggestion_is_not_compared_line_by_line() -> None:
    many = tuple(str(number) for number in range(5_000))
    lines = suggested(Suggestion(1, 1, many), "f", {"f": "0\n"})
    assert [line.sign for line in lines] == ["-", *"+" * 5_000]
