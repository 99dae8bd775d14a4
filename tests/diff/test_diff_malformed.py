"""A patch that can't be trusted is refused with the line where it goes wrong, never half read."""

import pytest

from foureyes.diff.parse import parse_patch
from foureyes.errors import MalformedPatchError

NAMES = "--- a/x\n+++ b/x\n"
GIT = "diff --git a/x b/x\n"


def refusal(patch: str | bytes) -> MalformedPatchError:
    with pytest.raises(MalformedPatchError) as caught:
        parse_patch(patch if isinstance(patch, bytes) else patch.encode("utf-8", "surrogateescape"))
    return caught.value


@pytest.mark.parametrize(
    ("patch", "line", "words"),
    [
        (NAMES + "@@ -1,2 +1,2 @@\n a\n", 4, "the patch ends, but the hunk above lacks 1 line"),
        (
            NAMES + "@@ -1,9 +1,9 @@\n a\nnot a line\n",
            5,
            "this line belongs to no hunk, but the hunk above lacks 8 lines",
        ),
        (NAMES + "@@ -1 +1 @@\n-a\n+b\n c\n", 6, "the hunk above has more lines"),
        (NAMES + "@@ -1 +1 @@\n-a\n+b\n+c\n", 6, "the hunk above has more lines"),
        (NAMES + "@@ -1 +1 @@\n-a\n+b\n--- not a header\n", 6, "the hunk above has more lines"),
        (NAMES + "@@ -1 +1,2 @@\n a\n b\n+c\n", 3, "more lines than its header says"),
        (NAMES + "@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b\n", 4, "follows no line"),
        (NAMES + "@@ -1 1 @@\n-a\n", 3, "not of the form"),
        (NAMES + "@@ -१ +1 @@\n-a\n+b\n", 3, "not of the form"),
        (NAMES + "@@ -1,99999999999 +1 @@\n-a\n", 3, "not of the form"),
        (NAMES + "@@ -0,1 +1 @@\n-a\n+b\n", 3, "starts at 0"),
        (NAMES + "@@ -5 +5 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b\n", 6, "does not lie behind"),
        (NAMES + "@@ -1,2 +1,2 @@\n a\n b\n@@ -2 +3 @@\n-a\n+b\n", 6, "does not lie behind"),
        (NAMES + "words\n", 3, "a hunk"),
        (GIT + "--- a/x\nwords\n", 3, "`+++ NAME`"),
        (GIT + "--- a/y\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 3, "'a/y' is not the one in the header"),
        (GIT + "--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", 3, "'b/y' is not the one in the header"),
        (GIT + "rename from x\nrename to z\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 5, "is not the one"),
        (GIT + "old mode 9\n", 2, "old mode '9' can't be read"),
        (GIT + "index x..y\n", 2, "index 'x..y' can't be read"),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, "no file header above it"),
        (GIT + "@@ -1 +1 @@\n-a\n+b\n", 2, "no file header above it"),
        ("diff --cc x\nindex 1,2..3\n", 1, "combined diff of a merge"),
        ("diff --combined x\n", 1, "combined diff of a merge"),
        ("@@@ -1,2 -1,2 +1,3 @@@\n", 1, "combined diff of a merge"),
    ],
)
def test_the_sentence_names_the_line_and_the_fault(patch: str, line: int, words: str) -> None:
    error = refusal(patch)
    assert words in error.reason
    assert error.line == line
    assert f"at line {line}" in str(error)


@pytest.mark.parametrize("name", ["b/x/../../y", '"b/x\\000y"', "b/", '"b/.."'])
def test_a_name_that_leads_out_of_the_tree_is_refused(name: str) -> None:
    assert "inside the tree" in refusal(f"--- /dev/null\n+++ {name}\n@@ -0,0 +1 @@\n+a\n").reason


def test_a_git_header_that_leads_out_of_the_tree_is_refused() -> None:
    assert "inside the tree" in refusal("diff --git a/../x b/../x/..\nold mode 100644\nnew mode 100755\n").reason


def test_a_header_without_any_name_is_refused() -> None:
    assert refusal("diff --git \nold mode 100644\nnew mode 100755\n").line == 1


def test_a_series_that_changes_a_file_twice_is_refused_with_its_name() -> None:
    once = NAMES + "@@ -1 +1 @@\n-a\n+b\n"
    error = refusal(once + once)
    assert (error.line, "x is changed a second time" in error.reason) == (6, True)


@pytest.mark.parametrize("data", [b"hello\n", b"<html>\n", b"\x00\x01\x02", b"--- a/x\n"])
def test_what_is_no_diff_is_said_to_be_none(data: bytes) -> None:
    assert "no file header" in refusal(data).reason


def test_the_encoding_of_powershell_is_named() -> None:
    assert "UTF-16" in refusal("diff --git a/x b/x\n".encode("utf-16")).reason


def test_a_header_of_a_million_spaces_is_read_in_one_go() -> None:
    (file,) = parse_patch(f"diff --git {'a ' * 1_000_000}b\nold mode 100644\nnew mode 100755\n".encode()).files
    assert file.path.endswith("a a b")
