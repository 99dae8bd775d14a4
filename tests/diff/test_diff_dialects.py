"""Patches that git did not write, and those it writes when told to write otherwise."""

import pytest

from foureyes.diff.parse import parse_patch
from foureyes.diff.values import FileKind, FileStatus

HUNK = "@@ -1 +1 @@\n-a\n+b\n"
NEW = "@@ -0,0 +1 @@\n+b\n"
GONE = "@@ -1 +0,0 @@\n-a\n"


def path_and_status(patch: str) -> tuple[str, FileStatus]:
    (file,) = parse_patch(patch.encode()).files
    return file.path, file.status


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("a/src/x.c", "b/src/x.c", "src/x.c"),
        ("src/x.c", "src/x.c", "src/x.c"),
        ("i/src/x.c", "w/src/x.c", "src/x.c"),
        ("linux.orig/src/x.c", "linux/src/x.c", "src/x.c"),
        ("x.c.orig", "x.c", "x.c"),
        ("a/old.c", "b/new.c", "new.c"),
        ("x.c\t2026-01-01 10:00:00", "x.c\t2026-01-02 10:00:00", "x.c"),
        ("a name.c\t(revision 3)", "a name.c\t(working copy)", "a name.c"),
        ('"a/tab\\there\\303\\244"', '"b/tab\\there\\303\\244"\t2026', "tab\thereä"),
        ("/home/me/x.c", "/home/me/x.c", "home/me/x.c"),
        ("../old/x.c", "../new/x.c", "new/x.c"),
        ("./x.c", "./x.c", "x.c"),
    ],
)
def test_the_name_is_what_both_sides_share(old: str, new: str, path: str) -> None:
    assert path_and_status(f"--- {old}\n+++ {new}\n{HUNK}") == (path, FileStatus.MODIFIED)


@pytest.mark.parametrize(
    ("old", "new", "hunk", "status"),
    [
        ("/dev/null", "b/x", NEW, FileStatus.ADDED),
        ("a/x", "/dev/null", GONE, FileStatus.DELETED),
        ("x\t(revision 0)", "x\t(working copy)", NEW, FileStatus.ADDED),
        ("x", "x\t1970-01-01 00:00:00", GONE, FileStatus.DELETED),
    ],
)
def test_a_side_without_lines_is_a_file_that_came_or_went(old: str, new: str, hunk: str, status: FileStatus) -> None:
    assert path_and_status(f"--- {old}\n+++ {new}\n{hunk}") == ("x", status)


@pytest.mark.parametrize(
    "names",
    [
        "src/a b.c src/a b.c",
        "i/src/a b.c w/src/a b.c",
        "one/src/a b.c another/src/a b.c",
        '"i/src/a b.c" w/src/a b.c',
        'i/src/a b.c "w/src/a b.c"',
        '"i/src/a b.c" "w/src/a b.c"',
        "src://src/a b.c dst://src/a b.c",
    ],
)
def test_a_header_alone_tells_the_name_under_any_prefix(names: str) -> None:
    patch = f"diff --git {names}\nold mode 100644\nnew mode 100755\n"
    assert path_and_status(patch) == ("src/a b.c", FileStatus.MODIFIED)


def test_without_prefix_a_folder_named_a_stays() -> None:
    patch = f"diff --git a/x a/x\nnew file mode 100644\n--- /dev/null\n+++ a/x\n{NEW}"
    assert path_and_status(patch) == ("a/x", FileStatus.ADDED)


def test_without_prefix_a_rename_is_between_the_names_as_they_stand() -> None:
    patch = f"diff --git a/x b/x\nrename from a/x\nrename to b/x\n--- a/x\n+++ b/x\n{HUNK}"
    assert path_and_status(patch) == ("b/x", FileStatus.RENAMED)


def test_two_files_compared_outside_of_a_repository_are_one_change() -> None:
    patch = f"diff --git a/x.old b/x.new\nindex 1111..2222 100644\n--- a/x.old\n+++ b/x.new\n{HUNK}"
    assert path_and_status(patch) == ("x.new", FileStatus.MODIFIED)


def test_a_header_that_names_no_blob_and_no_mode_is_enough() -> None:
    patch = f"diff --git a/x b/x\n--- /dev/null\n+++ b/x\n{NEW}"
    assert path_and_status(patch) == ("x", FileStatus.ADDED)


def test_a_deletion_without_its_mode_is_told_by_dev_null() -> None:
    patch = f"diff --git a/x b/x\n--- a/x\n+++ /dev/null\n{GONE}"
    assert path_and_status(patch) == ("x", FileStatus.DELETED)


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ("Index: logo.png\n=====\nCannot display: file marked as a binary type.\n", "logo.png"),
        ("Binary file logo.png has changed\n", "logo.png"),
        ("Binary files old/logo.png and new/logo.png differ\n", "logo.png"),
        ("Binary files a/salt and pepper and b/salt and pepper differ\n", "salt and pepper"),
        ("Binary files a/logo.png and /dev/null differ\n", "logo.png"),
    ],
)
def test_each_tool_says_binary_in_its_own_words(patch: str, path: str) -> None:
    (file,) = parse_patch(patch.encode()).files
    assert file.kind is FileKind.BINARY
    assert file.path == path


def test_properties_of_subversion_are_passed_over() -> None:
    patch = f"Index: x\n=====\n--- x\t(revision 1)\n+++ x\t(working copy)\n{HUNK}\nProperty changes on: x\n"
    assert path_and_status(patch + "___\nAdded: svn:eol-style\n## -0,0 +1 ##\n+LF\n\\ No newline\n")[0] == "x"
