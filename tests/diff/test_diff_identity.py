"""A hunk keeps its key wherever a rebase moves it, and loses it when a changed line changes."""

import pytest

from foureyes.diff.identity import hunk_key
from foureyes.diff.parse import parse_patch


def key(header: str, *lines: str) -> str:
    body = "".join(f"{line}\n" for line in lines)
    (file,) = parse_patch(f"--- a/x\n+++ b/x\n{header}\n{body}".encode()).files
    return hunk_key(file.hunks[0])


KEY = key("@@ -1,2 +1,2 @@", " before", "-old", "+    new")


def test_position_section_and_context_do_not_count() -> None:
    assert key("@@ -71,2 +91,2 @@ def f():", "-old", "+    new", " other") == KEY


def test_white_space_at_the_end_does_not_count() -> None:
    assert key("@@ -1 +1 @@", "-old\t", "+    new\r") == KEY


@pytest.mark.parametrize("lines", [("-old", "+new"), ("-    new", "+old"), ("-old", "+    newer")])
def test_indentation_sign_and_text_count(lines: tuple[str, str]) -> None:
    assert key("@@ -1 +1 @@", *lines) != KEY


def test_lines_do_not_run_into_each_other() -> None:
    assert key("@@ -1,0 +1,2 @@", "+a", "++b") != key("@@ -1,0 +1,1 @@", "+a+b")


def test_bytes_that_are_not_utf8_have_a_key() -> None:
    assert len(key("@@ -1 +1 @@", "-old", "+\ufffd")) == 64
