"""Unified diffs become values: names, modes, kinds, states, and every line with its numbers."""

import pytest

from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, Line, LineKind

MODIFIED = b"""\
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
"""


def only(patch: bytes) -> FileChange:
    (file,) = parse_patch(patch).files
    return file


def texts(file: FileChange) -> list[str]:
    return [line.text for hunk in file.hunks for line in hunk.lines]


def test_a_change_knows_its_versions_and_counts() -> None:
    change = parse_patch(MODIFIED, base="main", head="topic")
    assert (change.base, change.head, change.added, change.removed) == ("main", "topic", 2, 1)


def test_lines_are_numbered_on_both_sides() -> None:
    (hunk,) = only(MODIFIED).hunks
    assert hunk.lines == (
        Line(LineKind.CONTEXT, 3, 3, "one"),
        Line(LineKind.REMOVED, 4, None, "two"),
        Line(LineKind.ADDED, None, 4, "2"),
        Line(LineKind.ADDED, None, 5, "two and a half"),
        Line(LineKind.CONTEXT, 5, 6, "three"),
    )


def test_the_header_gives_section_blobs_and_modes() -> None:
    file = only(MODIFIED)
    assert file.hunks[0].section == "def run():"
    assert (file.old_blob, file.new_blob, file.old_mode, file.new_mode) == ("1111111", "2222222", "100644", "100644")


@pytest.mark.parametrize("patch", [b"", b"\n", b"\n  \n"])
def test_an_empty_diff_is_an_empty_change(patch: bytes) -> None:
    assert parse_patch(patch) == Change("", "", ())


def test_content_that_looks_like_structure_stays_content() -> None:
    patch = b"""\
diff --git a/x.diff b/x.diff
--- a/x.diff
+++ b/x.diff
@@ -1,5 +1,5 @@
--- a/other
-@@ -1 +1 @@
 diff --git a/evil b/evil
+++ b/other
+@@ -1,9 +1,9 @@
 --- c
 +++ c
"""
    assert texts(only(patch)) == [
        "-- a/other", "@@ -1 +1 @@", "diff --git a/evil b/evil", "++ b/other", "@@ -1,9 +1,9 @@", "--- c", "+++ c",
    ]  # fmt: skip


def test_bytes_that_are_not_utf8_survive() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-caf\xe9\n+\xff\xfe\n")
    assert [text.encode("utf-8", "surrogateescape") for text in texts(file)] == [b"caf\xe9", b"\xff\xfe"]


def test_carriage_returns_form_feeds_and_odd_separators_belong_to_the_text() -> None:
    file = only("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\rb\r\n+c\x0cd\x85e\u2028f\n".encode())
    assert texts(file) == ["a\rb\r", "c\x0cd\x85e\u2028f"]


def test_a_patch_that_travelled_with_crlf_is_read() -> None:
    file = only(MODIFIED.replace(b"\n", b"\r\n"))
    assert (file.path, file.hunks[0].section, file.new_mode) == ("app.py", "def run():", "100644")


def test_an_empty_context_line_may_have_lost_its_space() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n-1\n+one\n\n three\n")
    assert file.hunks[0].lines[2] == Line(LineKind.CONTEXT, 2, 2, "")


def test_a_missing_newline_belongs_to_the_line_above_it() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ Kein Zeilenumbruch\n")
    assert [line.newline for line in file.hunks[0].lines] == [False, False]


def test_counts_of_one_may_be_left_out_and_of_zero_start_before_the_gap() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -4,0 +5,2 @@\n+a\n+b\n@@ -9 +12,0 @@\n-c\n")
    assert [hunk.header for hunk in file.hunks] == ["@@ -4,0 +5,2 @@", "@@ -9,1 +12,0 @@"]
    assert [line.new for line in file.hunks[0].lines] == [5, 6]


def git(*header: str, names: str = "a/x b/x") -> bytes:
    return "\n".join([f"diff --git {names}", *header, ""]).encode()


def test_an_added_empty_file_has_no_hunks() -> None:
    file = only(git("new file mode 100755", "index 0000000..e69de29", names="a/run me b/run me"))
    assert (file.path, file.status, file.new_mode, file.old_mode) == ("run me", FileStatus.ADDED, "100755", None)
    assert (file.old_blob, file.new_blob, file.hunks) == (None, "e69de29", ())


def test_a_deleted_file_keeps_its_path() -> None:
    file = only(git("deleted file mode 100644", "--- a/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-gone"))
    assert (file.path, file.status, file.removed) == ("x", FileStatus.DELETED, 1)
    assert (file.old_mode, file.new_mode) == ("100644", None)


@pytest.mark.parametrize(("verb", "status"), [("rename", FileStatus.RENAMED), ("copy", FileStatus.COPIED)])
def test_renames_and_copies_name_where_they_came_from(verb: str, status: FileStatus) -> None:
    file = only(git("similarity index 100%", f"{verb} from old dir/x", f"{verb} to new/x", names="a/old dir/x b/new/x"))
    assert (file.path, file.old_path, file.status) == ("new/x", "old dir/x", status)


def test_a_mode_change_alone_is_a_change() -> None:
    file = only(git("old mode 100644", "new mode 100755"))
    assert (file.status, file.old_mode, file.new_mode) == (FileStatus.MODIFIED, "100644", "100755")


@pytest.mark.parametrize(("mode", "kind"), [("120000", FileKind.SYMLINK), ("160000", FileKind.SUBMODULE)])
def test_links_and_submodules_are_told_by_their_mode(mode: str, kind: FileKind) -> None:
    file = only(git(f"new file mode {mode}", "--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+target"))
    assert (file.kind, texts(file)) == (kind, ["target"])


def test_a_file_that_became_a_link_is_one_type_change() -> None:
    gone = git("deleted file mode 100644", "index 111111..000000", "--- a/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-a")
    come = git("new file mode 120000", "index 000000..222222", "--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+b")
    file = only(gone + come)
    assert (file.status, file.kind, texts(file)) == (FileStatus.TYPE_CHANGED, FileKind.SYMLINK, ["a", "b"])
    assert (file.old_mode, file.new_mode, file.old_blob, file.new_blob) == ("100644", "120000", "111111", "222222")


def test_binary_files_are_told_in_words() -> None:
    file = only(git("index 1111..2222 100644", "Binary files a/x and b/x differ"))
    assert (file.kind, file.status, file.hunks) == (FileKind.BINARY, FileStatus.MODIFIED, ())


def test_a_binary_patch_is_passed_over() -> None:
    data = ["GIT binary patch", "literal 3", "Kcmb<F+--@@|", "", "literal 0", "HcmV?d00001", ""]
    first, second = parse_patch(git("index 1111..2222 100644", *data) + MODIFIED).files
    assert (first.kind, first.path, second.path) == (FileKind.BINARY, "x", "app.py")


@pytest.mark.parametrize("names", ["a/old b/new", "a/the old b/a new"])
def test_a_binary_file_compared_with_another_takes_the_new_name(names: str) -> None:
    old, new = names.split(" b/")
    file = only(git("index 1111..2222", f"Binary files {old} and b/{new} differ", names=names))
    assert (file.kind, file.path) == (FileKind.BINARY, new)


def test_a_mail_with_a_patch_ends_at_its_signature() -> None:
    mail = b"From: a\nSubject: [PATCH] b\n\n---\n app.py | 3 ++-\n\n" + MODIFIED + b"-- \n2.39.5\n\n"
    assert only(mail).path == "app.py"


def test_what_git_log_prints_between_patches_is_passed_over() -> None:
    assert only(b"commit 123\nAuthor: a\n\n    words\n\n" + MODIFIED + b"\ncommit 456\n").added == 2


def test_a_byte_order_mark_before_the_patch_is_no_part_of_it() -> None:
    assert only(b"\xef\xbb\xbf" + MODIFIED).path == "app.py"


def test_a_line_of_five_megabytes_is_a_line() -> None:
    file = only(b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+" + b"x" * 5_000_000 + b"\n")
    assert len(texts(file)[1]) == 5_000_000


def test_a_file_is_found_by_its_path() -> None:
    change = parse_patch(MODIFIED)
    assert change.file("app.py") is change.files[0]
    assert change.file("other.py") is None
