"""Whatever is done to a patch, it is read or refused with a line number; nothing else ever happens."""

from hypothesis import given
from hypothesis import strategies as st

from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change, LineKind
from foureyes.diff.write import render
from foureyes.errors import MalformedPatchError

PATCH = b"""\
diff --git a/app.py b/app.py
index 1111111..2222222 100644
--- a/app.py
+++ b/app.py
@@ -3,3 +3,4 @@ def run():
 one
-two
+2
+two and a half
 three
@@ -20 +21,0 @@
-last
\\ No newline at end of file
diff --git "a/t\\tab" b/moved
similarity index 90%
rename from "t\\tab"
rename to moved
diff --git a/logo.png b/logo.png
new file mode 100644
index 0000000..3333333
Binary files /dev/null and b/logo.png differ
--- plain.c.orig\t2026-01-01
+++ plain.c\t2026-01-02
@@ -1 +1 @@
-a
+b
"""
LINES = PATCH.splitlines(keepends=True)


def read_or_refused(patch: bytes) -> Change | None:
    line: int | None = None
    change: Change | None = None
    try:
        change = parse_patch(patch)
    except MalformedPatchError as error:
        line = error.line
    assert line is None or 1 <= line <= patch.count(b"\n") + 1
    for file in change.files if change else ():
        for hunk in file.hunks:
            assert sum(line.kind is not LineKind.ADDED for line in hunk.lines) == hunk.old_count
            assert sum(line.kind is not LineKind.REMOVED for line in hunk.lines) == hunk.new_count
    assert change is None or len({file.path for file in change.files}) == len(change.files)
    return change


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    read_or_refused(data)


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_any_lines_of_a_patch_in_any_order(lines: list[bytes]) -> None:
    read_or_refused(b"".join(lines))


@given(st.integers(0, len(PATCH)), st.binary(max_size=5), st.integers(0, 20))
def test_any_bytes_in_the_middle_of_a_patch(at: int, inserted: bytes, removed: int) -> None:
    read_or_refused(PATCH[:at] + inserted + PATCH[at + removed :])


@given(st.integers(0, len(LINES)))
def test_a_patch_that_was_cut_is_refused_or_is_its_beginning(kept: int) -> None:
    whole = parse_patch(PATCH)
    change = read_or_refused(b"".join(LINES[:kept]))
    if change is not None:
        paths = [file.path for file in whole.files]
        assert [file.path for file in change.files] == paths[: len(change.files)]


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_what_was_read_reads_the_same_when_written(lines: list[bytes]) -> None:
    change = read_or_refused(b"".join(lines))
    if change is not None:
        again = parse_patch(render(change))
        assert [(file.path, file.hunks) for file in again.files] == [(file.path, file.hunks) for file in change.files]
