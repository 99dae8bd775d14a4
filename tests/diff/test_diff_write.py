"""A change is written as a patch that git takes; what only git can judge is judged by git (properties)."""

import pytest

from foureyes.diff.parse import parse_patch
from foureyes.diff.write import render

PATCHES = [
    "diff --git a/x y b/x y\nindex 1111..2222 100644\n--- a/x y\t\n+++ b/x y\t\n@@ -1,1 +1,2 @@ f()\n-a\n+b\n+c\n",
    "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
    "diff --git a/x b/y\nold mode 100644\nnew mode 100755\nrename from x\nrename to y\n",
    "diff --git a/x b/y\ncopy from x\ncopy to y\n",
    'diff --git "a/x\\n" "b/x\\n"\nnew file mode 100644\nindex 0000..1111\n',
    "diff --git a/x b/x\nindex 1111..2222 100644\nBinary files a/x and b/x differ\n",
    "diff --git a/x b/x\nnew file mode 100644\nindex 0000..2222\nBinary files /dev/null and b/x differ\n",
    "diff --git a/x b/x\ndeleted file mode 100644\nindex 2222..0000\n--- a/x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n"
    "\\ No newline at end of file\n"
    "diff --git a/x b/x\nnew file mode 120000\nindex 0000..3333\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,1 @@\n+b\n",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_what_git_wrote_comes_back_as_it_was(patch: str) -> None:
    assert render(parse_patch(patch.encode())).decode() == patch


def test_a_new_file_without_a_mode_is_a_plain_one() -> None:
    patch = render(parse_patch(b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"))
    assert patch.startswith(b"diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n")


def test_a_change_without_files_is_empty() -> None:
    assert render(parse_patch(b"")) == b""
