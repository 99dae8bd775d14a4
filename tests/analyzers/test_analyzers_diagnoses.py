"""Titles, grades, and edits as whole lines."""

from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.diagnoses import TITLE_LENGTH, Edit, Grade, Place, diagnosis, replacement
from foureyes.analyzers.port import Diagnostic, Replacement
from foureyes.kit.severity import Category, Severity

GRADE = Grade(Severity.LOW, Category.BUG, "Because.")
LINES = ["def f(x=[]):", "    return x", "", "print(f())"]


def said(message: str, details: str = "") -> Diagnostic:
    return diagnosis(Place("a.py", 1, 1), tool="t", rule="r", message=message, grade=GRADE, details=details)


def test_a_short_message_is_the_title_and_the_reason_explains() -> None:
    assert (said("It breaks.").message, said("It breaks.").explanation) == ("It breaks", "Because.")


def test_the_first_sentence_of_several_is_the_title() -> None:
    found = said("The name is not defined. Did you mean `x`")
    assert found.message == "The name is not defined"
    assert found.explanation == "Did you mean `x`. Because."


def test_a_long_message_is_cut_and_repeated_in_the_explanation() -> None:
    found = said("word " * 40)
    assert len(found.message) <= TITLE_LENGTH
    assert found.message.endswith("…")
    assert found.explanation.startswith("word word")


def test_what_a_tool_prints_can_not_move_the_cursor_or_break_the_line() -> None:
    found = said("red \x1b[31m\nsecond line", details="a\u202eb")
    assert found.message == r"red \x1b[31m second line"
    assert found.explanation == r"Because. a\u{202e}b."


@given(st.text())
def test_any_message_makes_a_title_of_one_line(message: str) -> None:
    title = said(message).message
    assert len(title) <= TITLE_LENGTH
    assert len(title.splitlines()) <= 1


def test_an_end_before_its_start_is_put_right() -> None:
    assert diagnosis(Place("a", 5, 2), tool="t", rule="r", message="m", grade=GRADE).end_line == 5


def test_two_edits_become_one_replacement_of_whole_lines() -> None:
    edits = [Edit(1, 9, 1, 11, "None"), Edit(2, 1, 2, 1, "    if x is None:\n        x = []\n")]
    assert replacement(LINES, edits) == Replacement(1, 1, ("def f(x=None):", "    if x is None:", "        x = []"))


def test_an_edit_that_takes_a_whole_line_is_a_deletion() -> None:
    assert replacement(LINES, [Edit(2, 1, 3, 1, "")]) == Replacement(2, 2, ())


def test_an_insertion_replaces_no_line() -> None:
    assert replacement(LINES, [Edit(3, 1, 3, 1, "new\n")]) == Replacement(3, 2, ("new",))


def test_edits_that_overlap_or_lie_outside_are_no_replacement() -> None:
    assert replacement(LINES, [Edit(1, 1, 1, 5, "a"), Edit(1, 3, 1, 8, "b")]) is None
    assert replacement(LINES, [Edit(9, 1, 9, 2, "a")]) is None
    assert replacement(LINES, [Edit(0, 1, 1, 2, "a")]) is None
    assert replacement(LINES, [Edit(1, 1, 4, 99, "a")]) is None
    assert replacement(LINES, []) is None


def test_an_edit_that_changes_nothing_is_no_replacement() -> None:
    assert replacement(LINES, [Edit(1, 1, 1, 4, "def")]) is None


def test_a_fix_over_many_lines_is_not_offered() -> None:
    assert replacement(["x"] * 40, [Edit(1, 1, 30, 1, "y\n")]) is None


@given(st.lists(st.text(alphabet="ab "), min_size=1, max_size=6), st.data())
def test_a_replacement_says_the_same_as_the_edit(lines: list[str], data: st.DataObject) -> None:
    text = "".join(line + "\n" for line in lines)
    first, last = sorted((data.draw(st.integers(1, len(lines))), data.draw(st.integers(1, len(lines)))))
    start = data.draw(st.integers(1, len(lines[first - 1]) + 1))
    end = data.draw(st.integers(start if first == last else 1, len(lines[last - 1]) + 1))
    new = data.draw(st.text(alphabet="xy\n"))
    offsets = [sum(len(line) + 1 for line in lines[: number - 1]) for number in (first, last)]
    expected = text[: offsets[0] + start - 1] + new + text[offsets[1] + end - 1 :]
    made = replacement(lines, [Edit(first, start, last, end, new)])
    if made is None:
        assert expected == text
    else:
        changed = [*lines[: made.start_line - 1], *made.lines, *lines[made.end_line :]]
        assert "".join(line + "\n" for line in changed) == expected
