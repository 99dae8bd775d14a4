"""The gate lets through what is in the change and quoted from the file, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_candidate, a_file
from foureyes.diff.values import Side
from foureyes.engine.gate import GateFile, Placed, gate
from foureyes.engine.values import RefusalReason

BEFORE = "def first(items):\n    return None\n\n\n" + "# far away\n" * 20
AFTER = "def first(items):\n    return items[0]\n\n\n" + "# far away\n" * 20
FILES = {"app.py": GateFile(a_file("app.py", BEFORE, AFTER), tuple(AFTER.split("\n")))}


def reason_of(**said: object) -> RefusalReason:
    placed, refused = gate([a_candidate(**said)], FILES)
    assert placed == []
    return refused[0].reason


def passed(**said: object) -> Placed:
    placed, refused = gate([a_candidate(**said)], FILES)
    assert refused == []
    return placed[0]


def test_a_quoted_line_of_the_change_passes() -> None:
    placed = passed()
    assert (placed.start_line, placed.end_line, placed.side) == (2, 2, Side.RIGHT)
    assert placed.evidence == "    return items[0]"


def test_a_file_that_is_not_in_the_change_is_refused() -> None:
    assert reason_of(path="other.py") is RefusalReason.UNKNOWN_FILE


def test_a_line_outside_the_change_is_refused_and_not_moved() -> None:
    assert reason_of(first_line=15, last_line=15, quote="# far away") is RefusalReason.OUTSIDE_CHANGE


@pytest.mark.parametrize("quote", ["", "   ", "return items[1]", "items", "return items[0]\nreturn None"])
def test_a_quote_that_is_not_there_is_refused(quote: str) -> None:
    assert reason_of(quote=quote) is RefusalReason.NO_QUOTE


@pytest.mark.parametrize(
    "quote",
    ["    return items[0]", "return  items[0]", "+  2 |     return items[0]", "def first(items):\n    return items[0]"],
)
def test_white_space_and_the_printed_margin_do_not_matter(quote: str) -> None:
    assert passed(quote=quote).start_line == 2


def test_a_true_quote_elsewhere_in_the_file_proves_nothing() -> None:
    assert reason_of(quote="# far away") is RefusalReason.NO_QUOTE


def test_a_range_that_reaches_out_of_the_hunk_is_clamped_and_loses_its_replacement() -> None:
    placed = passed(first_line=2, last_line=90, replacement=["    return items[0] if items else None"])
    assert placed.end_line < 90
    assert placed.candidate.replacement is None


def test_a_removed_line_is_anchored_to_the_left_side() -> None:
    placed = passed(side="old", quote="return None")
    assert placed.side is Side.LEFT
    assert placed.evidence == "    return None"


@pytest.mark.parametrize("title", ["Consider renaming this", "Nice use of a list!", "LGTM", "Missing docstring"])
def test_praise_and_taste_do_not_pass(title: str) -> None:
    assert reason_of(title=title) is RefusalReason.TALK


def test_a_model_that_doubts_itself_is_believed() -> None:
    assert reason_of(confidence=0.2) is RefusalReason.UNSURE_ITSELF


def test_at_most_twelve_of_one_unit_go_on_and_the_worst_come_first() -> None:
    mild = [a_candidate(severity="low", rule=f"r{n}") for n in range(14)]
    placed, refused = gate([*mild, a_candidate(severity="critical")], FILES)
    assert len(placed) == 12
    assert placed[0].candidate.severity == "critical"
    assert {late.reason for late in refused} == {RefusalReason.OVER_UNIT_LIMIT}


@given(first=st.integers(), last=st.integers(), quote=st.text(max_size=60), side=st.sampled_from(["new", "old"]))
def test_whatever_a_model_says_what_passes_is_inside_the_change(first: int, last: int, quote: str, side: str) -> None:
    placed, refused = gate([a_candidate(first_line=first, last_line=last, quote=quote, side=side)], FILES)
    assert len(placed) + len(refused) == 1
    for one in placed:
        assert 1 <= one.start_line <= one.end_line <= 5
