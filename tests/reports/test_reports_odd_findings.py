"""Findings as nobody would make them by hand, in every form: each form stays whole, and keeps the others' words."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from report_samples import DIVISION, PATH, REMOVED, REVIEW, SOURCES, UNUSED
from rich.cells import cell_len

from foureyes.diff.values import Change, Side
from foureyes.engine.reports.document import read_json
from foureyes.engine.reports.form import Form, View
from foureyes.engine.reports.forms import write
from foureyes.engine.reports.markdown import LONGEST
from foureyes.engine.reports.terminal import write_terminal
from foureyes.engine.values import Coverage, FileEntry, Finding, Ledger, Notice, ReviewResult, Suggestion, Verdict
from foureyes.kit.severity import Category, Severity
from foureyes.llm.port import Usage

UNFOLDED = View(held_back=True, ledger=True, refusals=True)
ANY_TEXT = st.text(alphabet="ab \n\r\t\x00\x1b\x85\u2028\u202e\udcff\ufffe'\"<>&`%:,#@|[]()数", max_size=30)
SUGGESTIONS = st.builds(
    Suggestion, st.integers(1, 7), st.integers(0, 7), st.lists(ANY_TEXT, max_size=3).map(tuple), st.just(("applies",))
)
FINDINGS = st.builds(
    Finding,
    path=ANY_TEXT.map(lambda name: f"x{name}"),
    start_line=st.integers(1, 10**9),
    end_line=st.integers(0, 10**9),
    side=st.sampled_from(Side),
    severity=st.sampled_from(Severity),
    category=st.sampled_from(Category),
    source=st.sampled_from(["model", "ruff", "a:b"]),
    rule=ANY_TEXT,
    title=ANY_TEXT.map(lambda title: f"t{title}"),
    explanation=ANY_TEXT,
    evidence=ANY_TEXT,
    confidence=st.floats(0, 1),
    fingerprint=st.text("0123456789abcdef", min_size=16, max_size=16),
    suggestion=st.none() | SUGGESTIONS,
)


def of(*findings: Finding, sources: dict[str, str] | None = None) -> ReviewResult:
    return replace(REVIEW, findings=findings, sources=SOURCES if sources is None else sources)


def count_in(review: ReviewResult, form: Form) -> int:
    """How many findings a program finds in a form, with a parser of its own."""
    text = write(review, form)
    match form:
        case Form.CHECKSTYLE:
            return len(ElementTree.fromstring(text).findall("./file/error"))
        case Form.GITLAB:
            return len(json.loads(text))
        case Form.RDJSON:
            return len(json.loads(text)["diagnostics"])
        case Form.SARIF:
            return len(json.loads(text)["runs"][0]["results"])
        case Form.GITHUB:
            return sum("file=" in line.split("::")[1] for line in text.splitlines())
        case _:
            return len(read_json(text).findings)


PROGRAMS = [form for form in Form if form not in (Form.TERMINAL, Form.MARKDOWN)]


@pytest.mark.parametrize("form", PROGRAMS)
@given(findings=st.lists(FINDINGS, max_size=4))
def test_a_program_finds_each_finding_whatever_is_in_it(form: Form, findings: Sequence[Finding]) -> None:
    assert count_in(of(*findings), form) == len(findings)


@given(findings=st.lists(FINDINGS, max_size=3), width=st.integers(40, 200))
def test_the_terminal_keeps_its_width_and_shows_nothing_that_acts(findings: Sequence[Finding], width: int) -> None:
    shown = write_terminal(of(*findings), UNFOLDED, width=width)
    assert all(cell_len(line) <= width for line in shown.split("\n"))
    assert not set(shown) & set("\x00\x1b\x85\u2028\u202e\r")


@given(findings=st.lists(FINDINGS, max_size=3))
def test_a_comment_has_a_heading_for_each_finding_and_no_other(findings: Sequence[Finding]) -> None:
    headings = [line for line in write(of(*findings), Form.MARKDOWN).split("\n") if line.startswith("#")]
    assert len(headings) == len(findings)


@pytest.mark.parametrize("form", list(Form))
def test_without_any_source_every_form_is_still_written(form: Form) -> None:
    bare = replace(REVIEW, sources={}, change=Change("", "", ()))
    assert write(bare, form, UNFOLDED).endswith("\n")


def test_without_the_source_a_program_gets_the_place_and_no_fix() -> None:
    result = json.loads(write(of(DIVISION, sources={}), Form.SARIF))["runs"][0]["results"][0]
    assert "fixes" not in result
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 5, "endLine": 5}


def test_a_removed_line_of_a_file_that_is_gone_stands_on_its_first_line() -> None:
    result = json.loads(write(of(REMOVED, sources={}), Form.SARIF))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "endLine": 1}


@pytest.mark.parametrize(
    ("form", "where"),
    [
        (Form.GITHUB, "::warning file=src/shop/orders.py,title="),
        (Form.CHECKSTYLE, '<error severity="warning"'),
        (Form.GITLAB, "(removed line 4)"),
        (Form.TERMINAL, "src/shop/orders.py:4 (removed)"),
        (Form.MARKDOWN, "`src/shop/orders.py:4 (removed)`"),
    ],
)
def test_a_removed_line_is_never_given_out_as_a_line_of_the_new_version(form: Form, where: str) -> None:
    assert where in write(of(REMOVED), form)


def test_an_end_before_the_start_is_the_start_in_every_form() -> None:
    backwards = of(replace(UNUSED, start_line=3, end_line=2))
    assert "line=3,endLine=3" in write(backwards, Form.GITHUB)
    assert json.loads(write(backwards, Form.GITLAB))[0]["location"]["lines"] == {"begin": 3, "end": 3}
    [diagnostic] = json.loads(write(backwards, Form.RDJSON))["diagnostics"]
    assert diagnostic["location"]["range"] == {"start": {"line": 3}, "end": {"line": 3}}
    region = json.loads(write(backwards, Form.SARIF))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert (region["region"]["startLine"], region["region"]["endLine"]) == (3, 3)


def test_a_suggestion_after_the_last_line_is_shown_as_lines_that_come() -> None:
    at_the_end = of(replace(DIVISION, suggestion=Suggestion(6, 5, ("# the end",), ("applies",))))
    assert "  + │ # the end\n" in write(at_the_end, Form.TERMINAL)
    assert "```diff\n+# the end\n```" in write(at_the_end, Form.MARKDOWN)
    [row] = json.loads(write(at_the_end, Form.RDJSON))["diagnostics"]
    assert row["suggestions"][0]["range"]["start"] == row["suggestions"][0]["range"]["end"]


def test_a_suggestion_that_empties_a_file_has_no_line_to_come() -> None:
    emptied = of(
        replace(UNUSED, start_line=1, end_line=1, suggestion=Suggestion(1, 1, ())), sources={PATH: "import os"}
    )
    assert "  - │ import os\n    ╰ " in write(emptied, Form.TERMINAL)
    change = json.loads(write(emptied, Form.SARIF))["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 10},
            "insertedContent": {"text": ""},
        }
    ]


def test_a_suggestion_far_past_the_end_takes_nothing_away() -> None:
    beyond = of(replace(DIVISION, suggestion=Suggestion(900, 901, ("x",))))
    shown = write(beyond, Form.TERMINAL)
    assert "  + │ x\n" in shown
    assert "  - │" not in shown


def test_ten_thousand_findings_are_all_there_for_programs() -> None:
    many = of(*(replace(UNUSED, fingerprint=f"{number:016x}") for number in range(10_000)))
    assert count_in(many, Form.GITLAB) == 10_000
    assert "● 10000 low" in write(replace(many, findings=many.findings[:1] * 10_000), Form.MARKDOWN)


def test_a_comment_of_ten_thousand_findings_still_ends_with_what_was_covered() -> None:
    many = of(*(replace(UNUSED, fingerprint=f"{number:016x}") for number in range(10_000)))
    shown = write(many, Form.MARKDOWN)
    assert len(shown.encode()) <= LONGEST
    assert "more entries left out**" in shown
    assert shown.index("left out") < shown.index("- Coverage: ")


def test_counts_of_millions_are_readable() -> None:
    busy = replace(REVIEW, usage=Usage(1_234_567_890, 0, 9_876_543, 1_234_567_890, 12_345), seconds=86_400.0)
    shown = write_terminal(busy, width=200)
    assert "12,345 calls · 1,234,567,890 tokens in, 9,876,543 out · $1,234.57" in shown
    assert "86400.0 s" in shown


def test_a_change_without_files_is_said_to_have_none() -> None:
    nothing = replace(
        REVIEW, change=Change("", "working tree", ()), findings=(), ledger=Ledger(), verdict=Verdict.NOTHING
    )
    assert "  working tree · 0 files, +0 \N{MINUS SIGN}0 · 3.2 s" in write(nothing, Form.TERMINAL)
    assert "Coverage" not in write(nothing, Form.TERMINAL)


def test_many_notices_are_cut_in_the_terminal_and_whole_with_the_ledger() -> None:
    notices = tuple(Notice("x", f"Notice number {number}.") for number in range(12))
    noisy = replace(REVIEW, notices=notices)
    assert "and 7 notices more (--ledger)" in write(noisy, Form.TERMINAL)
    assert "Notice number 11." in write(noisy, Form.TERMINAL, View(ledger=True))
    assert "- and 2 more" in write(noisy, Form.MARKDOWN)


def test_many_fates_are_cut_in_the_terminal() -> None:
    ledger = Ledger(tuple(FileEntry(f"{number}.py", Coverage.SKIPPED, f"reason {number}") for number in range(9)))
    assert "reason 5 · 3 more (--ledger)" in " ".join(write(replace(REVIEW, ledger=ledger), Form.TERMINAL).split())


def test_two_findings_on_one_line_show_that_line_once() -> None:
    shown = write(of(DIVISION, replace(DIVISION, title="Another", fingerprint="f" * 16)), Form.TERMINAL)
    assert shown.count("▲ 5 │") == 1
    assert shown.count("▲ high  src/shop/orders.py:5") == 2


@pytest.mark.parametrize("form", list(Form))
def test_an_empty_rule_and_an_empty_explanation_leave_no_gap(form: Form) -> None:
    shown = write(of(replace(UNUSED, rule="", explanation="", url=None)), form)
    assert "ruff:\n" not in shown
    assert "None" not in shown
    assert "ruff: ·" not in shown


def test_a_category_stands_in_where_a_rule_has_no_name() -> None:
    nameless = of(replace(UNUSED, rule=""))
    assert json.loads(write(nameless, Form.GITLAB))[0]["check_name"] == "ruff:maintainability"
    assert 'source="ruff.maintainability"' in write(nameless, Form.CHECKSTYLE)
    assert json.loads(write(nameless, Form.RDJSON))["diagnostics"][0]["code"]["value"] == "maintainability"
    assert json.loads(write(nameless, Form.SARIF))["runs"][0]["results"][0]["ruleId"] == "ruff/maintainability"


def test_findings_of_one_file_stand_under_it_once_in_checkstyle() -> None:
    review = of(DIVISION, replace(UNUSED, path="b.py"), REMOVED)
    files = ElementTree.fromstring(write(review, Form.CHECKSTYLE)).findall("file")
    assert [(file.get("name"), len(file.findall("error"))) for file in files] == [("b.py", 1), (PATH, 2)]


def test_quotes_and_angle_brackets_come_back_out_of_checkstyle() -> None:
    words = "a \"b\" 'c' <d> & e"
    error = ElementTree.fromstring(write(of(replace(UNUSED, title=words)), Form.CHECKSTYLE)).find("./file/error")
    assert error is not None
    assert error.get("message") == words


def test_a_title_that_ends_in_a_full_stop_gets_no_second_one() -> None:
    review = of(replace(DIVISION, title="It divides by zero."))
    assert "**It divides by zero.** " in write(review, Form.MARKDOWN)
    assert json.loads(write(review, Form.SARIF))["runs"][0]["results"][0]["message"]["text"].startswith(
        "It divides by zero. `average"
    )


def test_a_very_long_path_is_cut_where_people_read_and_whole_for_programs() -> None:
    path = "deep/" * 300 + "x.py"
    review = of(replace(UNUSED, path=path))
    assert "…`" in write(review, Form.MARKDOWN)
    assert json.loads(write(review, Form.GITLAB))[0]["location"]["path"] == path
