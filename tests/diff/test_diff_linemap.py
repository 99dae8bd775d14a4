"""Lines of one version are found in the other: by the hunks' context, and by distance between hunks."""

from foureyes.diff.linemap import LineMap
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import FileChange

TWO_HUNKS = b"""\
--- a/x
+++ b/x
@@ -2,3 +2,4 @@
 two
-three
+3
+3.5
 four
@@ -8,0 +10,1 @@
+eight and a half
@@ -10,2 +12,1 @@
-ten
 eleven
"""


def only(patch: bytes) -> FileChange:
    (file,) = parse_patch(patch).files
    return file


def test_context_is_found_and_changed_lines_are_not() -> None:
    lines = LineMap(only(TWO_HUNKS))
    assert [lines.new_to_old(line) for line in range(2, 6)] == [2, None, None, 4]
    assert [lines.old_to_new(line) for line in range(2, 5)] == [2, None, 5]


def test_lines_between_hunks_keep_their_distance() -> None:
    lines = LineMap(only(TWO_HUNKS))
    assert [lines.old_to_new(line) for line in (1, 5, 8, 9, 10, 11, 12, 100)] == [1, 6, 9, 11, None, 12, 13, 101]
    assert [lines.new_to_old(line) for line in (1, 6, 9, 10, 11, 12, 13, 101)] == [1, 5, 8, None, 9, 11, 12, 100]


def test_there_is_no_line_zero() -> None:
    lines = LineMap(only(TWO_HUNKS))
    assert (lines.old_to_new(0), lines.new_to_old(-1)) == (None, None)


def test_a_new_file_has_no_line_in_the_old_version() -> None:
    lines = LineMap(only(b"--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n"))
    assert [lines.new_to_old(line) for line in (1, 2, 3)] == [None, None, None]
    assert lines.old_to_new(1) is None


def test_a_deleted_file_has_no_line_in_the_new_version() -> None:
    lines = LineMap(only(b"--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"))
    assert [lines.old_to_new(line) for line in (1, 2, 3)] == [None, None, None]


def test_a_pure_rename_moves_no_line() -> None:
    lines = LineMap(only(b"diff --git a/x b/y\nrename from x\nrename to y\n"))
    assert (lines.old_to_new(7), lines.new_to_old(7)) == (7, 7)
