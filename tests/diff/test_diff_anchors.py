"""A remark is anchored in a hunk, clamped to it, or refused; it is never moved to the nearest line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.diff.anchors import Anchor, Refused, added_lines, anchor, commentable, hunk_lines, removed_lines
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import FileChange, Side

PATCH = b"""\
--- a/x
+++ b/x
@@ -10,3 +10,4 @@
 ten
-eleven
+11
+11.5
 twelve
@@ -30,3 +31,0 @@
-thirty
-thirty-one
-thirty-two
@@ -40,2 +38,3 @@
 forty
+and a bit
 forty-one
"""
(FILE,) = parse_patch(PATCH).files


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (11, 12, (11, 12)),
        (10, 10, (10, 10)),
        (1, 11, (10, 11)),
        (13, 99, (38, 40)),
        (12, 36, (12, 13)),
        (1, 1000, (10, 13)),
    ],
)
def test_a_range_is_clamped_to_the_hunk_it_overlaps_most(start: int, end: int, expected: tuple[int, int]) -> None:
    assert anchor(FILE, start, end) == Anchor("x", Side.RIGHT, *expected)


@pytest.mark.parametrize(("start", "end"), [(1, 9), (14, 37), (9, 9), (41, 41), (31, 31), (-5, 0)])
def test_a_range_outside_of_hunks_is_refused(start: int, end: int) -> None:
    assert anchor(FILE, start, end) is Refused.OUTSIDE


def test_removed_lines_are_anchored_on_the_left() -> None:
    assert anchor(FILE, 29, 31, Side.LEFT) == Anchor("x", Side.LEFT, 30, 31)


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    assert anchor(FILE, 12, 11) is Refused.BACKWARDS


def test_a_deleted_file_has_no_right_side() -> None:
    (gone,) = parse_patch(b"--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n").files
    assert anchor(gone, 1, 1) is Refused.NO_LINES
    assert anchor(gone, 1, 1, Side.LEFT) == Anchor("x", Side.LEFT, 1, 1)


def test_lines_are_listed_by_side_and_kind() -> None:
    assert commentable(FILE) == (range(10, 14), range(38, 41))
    assert commentable(FILE, Side.LEFT) == (range(10, 13), range(30, 33), range(40, 42))
    assert added_lines(FILE) == {11, 12, 39}
    assert removed_lines(FILE) == {11, 30, 31, 32}
    assert hunk_lines(FILE) == {10, 11, 12, 13, 38, 39, 40}
    assert hunk_lines(FILE, Side.LEFT) == {10, 11, 12, 30, 31, 32, 40, 41}


@given(start=st.integers(-5, 60), length=st.integers(0, 60), side=st.sampled_from(Side))
def test_an_anchor_is_always_inside_of_what_was_asked_and_of_one_hunk(start: int, length: int, side: Side) -> None:
    found = anchor(FILE, start, start + length, side)
    overlaps = set(range(start, start + length + 1)) & hunk_lines(FILE, side)
    assert isinstance(found, Anchor) == bool(overlaps)
    if isinstance(found, Anchor):
        assert {*range(found.start, found.end + 1)} <= overlaps
        assert any(found.start in span and found.end in span for span in commentable(FILE, side))


def test_a_file_without_hunks_has_no_lines_to_comment() -> None:
    file = FileChange("x", FILE.status)
    assert (commentable(file), added_lines(file), removed_lines(file)) == ((), frozenset(), frozenset())
