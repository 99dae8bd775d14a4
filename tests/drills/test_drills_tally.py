"""The count of a drill, and the table of all."""

import pytest

from drills.tally import Tally, detail, table


def test_a_drill_that_lost_and_doubled_nothing_has_held() -> None:
    assert Tally("worker killed", "20 x kill -9", 120, lost=0, doubled=0).held


@pytest.mark.parametrize(
    "tally",
    [
        Tally("a", "b", 1, lost=1, doubled=0),
        Tally("a", "b", 1, lost=0, doubled=1),
        Tally("a", "b", 1, lost=0, doubled=0, repeated=1),
        Tally("a", "b", 1, lost=0, doubled=0, broken=("it took too long",)),
    ],
)
def test_anything_lost_doubled_bought_twice_or_broken_has_not(tally: Tally) -> None:
    assert not tally.held
    assert table([tally]).endswith("| NO |")


def test_the_table_is_markdown_with_a_row_for_each_drill() -> None:
    lines = table([Tally("first", "2 x x", 10, 0, 0), Tally("second", "3 x y", 11, 0, 0)]).splitlines()
    assert len(lines) == 4
    assert lines[2] == "| first | 2 x x | 10 | 0 | 0 | 0 | yes |"
    assert {line.count("|") for line in lines} == {8}


def test_details_tell_what_did_not_hold() -> None:
    said = detail(Tally("first", "2 x x", 10, 1, 0, notes=("9 completed",), broken=("a worker ended with 1",)))
    assert "BROKEN: 2 x x; 10 reviews, 1 lost" in said
    assert "9 completed" in said
    assert "BROKEN: a worker ended with 1" in said
