"""Which diagnostics belong to a change."""

import pytest

from factories import a_file
from foureyes.analyzers.port import SYNTAX_ERROR, Diagnostic
from foureyes.analyzers.select import Lines, select
from foureyes.kit.severity import Category, Severity

BEFORE = "".join(f"line {number}\n" for number in range(1, 31))


def at(start: int, end: int | None = None, rule: str = "rule", path: str = "app.py") -> Diagnostic:
    return Diagnostic(path, start, end or start, "tool", rule, "message", Severity.LOW, Category.BUG)


def kept(diagnostics: list[Diagnostic], before: str, after: str, mode: Lines = Lines.ADDED) -> list[int]:
    return [one.start_line for one in select(diagnostics, a_file("app.py", before, after), mode)]


def test_only_what_starts_on_an_added_line_is_kept() -> None:
    after = BEFORE.replace("line 10\n", "new\nnewer\n")
    assert kept([at(number) for number in range(1, 32)], BEFORE, after) == [10, 11]


def test_a_remark_about_a_whole_function_is_no_news_when_a_line_inside_changed() -> None:
    before = "def f():\n    a = 1\n    b = 2\n    return a\n"
    assert kept([at(1, 4)], before, before.replace("b = 2", "b = 3")) == []


def test_a_remark_about_a_whole_function_is_kept_when_its_first_line_changed() -> None:
    before = "def f():\n    a = 1\n    return a\n"
    assert kept([at(1, 3)], before, before.replace("def f()", "def g()")) == [1]


def test_an_argument_that_was_added_to_a_call_makes_a_remark_on_the_call_count() -> None:
    before = "run(\n    command,\n)\n"
    after = "run(\n    command,\n    shell=True,\n)\n"
    assert kept([at(1, 4)], before, after) == [1]


def test_a_bracket_that_was_closed_before_the_added_line_does_not_count() -> None:
    before = "with open(path) as file:\n    a()\n"
    assert kept([at(1, 3)], before, before + "    b()\n") == []


def test_a_line_behind_a_backslash_belongs_to_its_instruction() -> None:
    before = "RUN apt-get update \\\n && true\n"
    after = "RUN apt-get update \\\n && apt-get install curl \\\n && true\n"
    assert kept([at(1, 3)], before, after) == [1]


def test_a_syntax_error_noticed_late_is_put_on_the_added_line_before_it() -> None:
    before = "a = 1\nb = 2\nc = 3\n"
    after = "a = 1\nx = (\nb = 2\nc = 3\n"
    assert kept([at(3, rule=SYNTAX_ERROR)], before, after) == [2]
    assert kept([at(3, rule="other")], before, after) == []


def test_a_syntax_error_before_every_added_line_is_not_of_this_change() -> None:
    after = BEFORE.replace("line 10\n", "new\n")
    assert kept([at(8, rule=SYNTAX_ERROR)], BEFORE, after) == []


def test_context_mode_keeps_the_whole_hunk() -> None:
    after = BEFORE.replace("line 10\n", "new\n")
    assert kept([at(number) for number in range(1, 31)], BEFORE, after, Lines.CONTEXT) == [7, 8, 9, 10, 11, 12, 13]


@pytest.mark.parametrize("mode", [Lines.FILE, Lines.ALL])
def test_file_modes_keep_everything_on_the_file_and_nothing_on_others(mode: Lines) -> None:
    after = BEFORE.replace("line 10\n", "new\n")
    assert kept([at(1), at(30), at(5, path="other.py")], BEFORE, after, mode) == [1, 30]


def test_a_file_with_only_removed_lines_keeps_nothing() -> None:
    after = BEFORE.replace("line 10\n", "")
    assert kept([at(number) for number in range(1, 30)], BEFORE, after) == []


def test_a_new_file_keeps_everything() -> None:
    assert kept([at(1), at(2, 3)], "", "a\nb\nc\n") == [1, 2]
