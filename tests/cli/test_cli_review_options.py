"""Options of `foureyes review` that narrow, widen or word a review, and suggestions at the ends of files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli_reviews import APP, DIVISION, leave_review
from cli_world import Person, Repository, one_clear_sentence
from rich.cells import cell_len

from foureyes.engine.reports.document import ReviewDocument, read_json
from foureyes.engine.values import Suggestion

GOOD = '"""Prices."""\n\n\ndef total(prices):\n    return sum(prices)\n'
BAD = GOOD + "\n\ndef run(name):\n    import subprocess\n\n    subprocess.run('tar ' + name, shell=True)\n"
SLOPPY = "\n\ndef check(prices):\n    if not prices:\n        ValueError(prices)\n"


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": GOOD}, "Count prices\n\nBecause nobody did.")
    return repository


def reviewed(person: Person, *arguments: str) -> ReviewDocument:
    return read_json(person("review", "-q", "-f", "json", *arguments).out)


def test_title_and_description_are_the_commits(foureyes: Person) -> None:
    assert reviewed(foureyes, "HEAD").change.title == "Count prices"


def test_a_title_that_is_given_stands_before_the_commits(foureyes: Person) -> None:
    assert reviewed(foureyes, "HEAD", "--title", "Mine", "--description", "Why").change.title == "Mine"


@pytest.mark.parametrize(("most", "said", "held"), [("0", 2, 0), ("1", 1, 1), ("9", 2, 0)])
def test_the_cap_holds_back_what_is_over_it(
    foureyes: Person, begun: Repository, most: str, said: int, held: int
) -> None:
    begun.write({"prices.py": BAD + SLOPPY})
    found = reviewed(foureyes, "--max-findings", most)
    assert (len(found.findings), len(found.held_back)) == (said, held)
    assert found.findings[0].severity == "high"


@pytest.mark.parametrize(("floor", "kept"), [("info", 2), ("medium", 2), ("high", 1), ("critical", 0)])
def test_the_floor_holds_back_what_is_under_it(foureyes: Person, begun: Repository, floor: str, kept: int) -> None:
    begun.write({"prices.py": BAD + SLOPPY})
    found = reviewed(foureyes, "--floor", floor)
    assert len(found.findings) == kept
    assert len(found.findings) + len(found.held_back) == 2


def test_an_option_wins_over_the_environment_and_that_over_the_policy(foureyes: Person, begun: Repository) -> None:
    begun.commit({".foureyes.toml": 'fail_on = "critical"\n'})
    begun.write({"prices.py": BAD})
    assert foureyes("review").code == 0
    assert foureyes("review", FOUREYES_FAIL_ON="high").code == 1
    assert foureyes("review", "--fail-on", "never", FOUREYES_FAIL_ON="high").code == 0


def test_a_quiet_review_says_nothing_on_stderr(foureyes: Person, begun: Repository) -> None:
    begun.write({"prices.py": BAD})
    for form in ("terminal", "json", "github"):
        assert foureyes("review", "-q", "-f", form).err == ""


def test_several_reports_of_other_tools_come_in(foureyes: Person, begun: Repository, tmp_path: Path) -> None:
    begun.write({"prices.py": GOOD + "\n\nTAX = 1\n"})
    names = []
    for number in (1, 2):
        where = {"path": "prices.py", "range": {"start": {"line": 8}}}
        row = {"message": f"Remark {number}", "severity": "ERROR", "location": where, "code": {"value": f"r{number}"}}
        (tmp_path / f"{number}.json").write_text(json.dumps({"source": {"name": "house"}, "diagnostics": [row]}))
        names += ["--import", str(tmp_path / f"{number}.json")]
    assert {finding.title for finding in reviewed(foureyes, *names).findings} == {"Remark 1", "Remark 2"}


def test_a_report_of_another_tool_that_is_not_there_is_named(foureyes: Person) -> None:
    ran = foureyes("review", "HEAD", "--import", "nowhere.json")
    assert one_clear_sentence(ran, 2)
    assert "nowhere.json" in ran.err


def test_staged_takes_files_and_no_range(foureyes: Person) -> None:
    ran = foureyes("review", "--staged", "HEAD~1..HEAD")
    assert one_clear_sentence(ran, 2)
    assert "leave the range away" in ran.err


@pytest.mark.parametrize("columns", ["20", "40", "73", "200"])
def test_a_review_is_as_wide_as_the_terminal_and_never_under_forty(
    foureyes: Person, begun: Repository, columns: str
) -> None:
    begun.write({"prices.py": BAD + SLOPPY})
    shown = foureyes("review", "--all", "--ledger", "--why", COLUMNS=columns).out
    assert max(map(cell_len, shown.splitlines())) <= max(int(columns), 40)


@pytest.mark.parametrize("columns", ["40", "120"])
def test_a_plan_is_no_wider_than_the_terminal(foureyes: Person, begun: Repository, columns: str) -> None:
    begun.write({f"{'long' * 12}{number}.py": GOOD for number in range(4)})
    shown = foureyes("review", "--dry-run", "--model", "anthropic:claude-sonnet-5", COLUMNS=columns).out
    assert max(map(cell_len, shown.splitlines())) <= int(columns)


def test_what_a_review_found_is_what_explain_lists(foureyes: Person, begun: Repository) -> None:
    begun.write({"prices.py": BAD + SLOPPY})
    found = reviewed(foureyes)
    listed = foureyes("explain").out
    assert all(finding.fingerprint[:8] in listed for finding in found.findings)


@pytest.mark.parametrize(
    ("before", "suggestion", "after"),
    [
        ("a\nb\n", Suggestion(1, 0, ("first",)), "first\na\nb\n"),
        ("a\nb\n", Suggestion(3, 2, ("last",)), "a\nb\nlast\n"),
        ("a\nb", Suggestion(2, 2, ("B",)), "a\nB"),
        ("a\nb\n", Suggestion(2, 2, ()), "a\n"),
        ("a\n", Suggestion(1, 1, ()), ""),
        ("a\r\nb\r\n", Suggestion(2, 2, ("B", "C")), "a\r\nB\r\nC\r\n"),
        ("\ufeffa\n", Suggestion(1, 1, ("\ufeffA",)), "\ufeffA\n"),
    ],
    ids=["before-all", "after-all", "no-last-newline", "last-line-goes", "emptied", "crlf", "mark"],
)
def test_a_suggestion_at_the_end_of_a_file_goes_in_and_out(
    foureyes: Person, begun: Repository, before: str, suggestion: Suggestion, after: str
) -> None:
    path = begun.path / "app.py"
    path.write_bytes(before.encode())
    leave_review(begun.path, [replace(DIVISION, start_line=1, end_line=1, suggestion=suggestion)])
    assert foureyes("fix", "--all").code == 0
    assert path.read_bytes() == after.encode()
    assert foureyes("fix", "--undo").code == 0
    assert path.read_bytes() == before.encode()


@pytest.mark.parametrize("suggestion", [Suggestion(9, 9, ("x",)), Suggestion(6, 7, ("x",)), Suggestion(9, 8, ("x",))])
def test_a_suggestion_past_the_end_writes_nothing(foureyes: Person, begun: Repository, suggestion: Suggestion) -> None:
    begun.write({"app.py": APP})
    leave_review(begun.path, [replace(DIVISION, suggestion=suggestion)])
    assert one_clear_sentence(foureyes("fix", "aa11"), 2)
    assert (begun.path / "app.py").read_text() == APP


@pytest.mark.parametrize("name", ["a b.py", "q\"u'ote.py", "-dash.py", "tab\t.py", "[bold]x.py", "ünï.py"])
def test_a_file_with_an_odd_name_is_fixed_and_its_diff_is_text(foureyes: Person, begun: Repository, name: str) -> None:
    begun.write({name: APP})
    leave_review(begun.path, [replace(DIVISION, path=name)])
    ran = foureyes("fix", "--all")
    assert ran.code == 0
    assert "max(len(prices), 1)" in (begun.path / name).read_text()
    assert "+++ b/" in ran.out
