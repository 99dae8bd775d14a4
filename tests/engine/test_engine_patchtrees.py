"""Both versions of the files of a patch, from checkouts that hold one of them, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_patch
from foureyes.diff.parse import parse_patch
from foureyes.engine.patched import added_whole, deleted_whole, patched, unpatched
from foureyes.engine.patchtrees import PatchTrees, patch_trees
from foureyes.git.trees import MemoryTree

BEFORE = "a\nb\nc\nd\ne\nf\ng\nh\n"
AFTER = "a\nb\nC\nd\ne\nf\ng\nh\ni\n"
PATCH = a_patch("x.py", BEFORE, AFTER)


async def fitted(patch: bytes, *checkouts: dict[str, bytes]) -> PatchTrees:
    return await patch_trees(parse_patch(patch), [MemoryTree(files) for files in checkouts])


@pytest.mark.parametrize("held", [BEFORE, AFTER], ids=["not applied yet", "applied already"])
async def test_a_patch_is_fitted_to_whichever_version_a_checkout_holds(held: str) -> None:
    trees = await fitted(PATCH, {"x.py": held.encode()})
    assert trees.before == {"x.py": BEFORE.encode()}
    assert trees.after == {"x.py": AFTER.encode()}
    assert trees.partial == []


async def test_the_first_checkout_that_fits_is_taken_file_by_file() -> None:
    patch = PATCH + a_patch("y.py", "one\n", "two\n")
    trees = await fitted(patch, {"x.py": b"other\n", "y.py": b"two\n"}, {"x.py": BEFORE.encode(), "y.py": b"one\n"})
    assert trees.before == {"x.py": BEFORE.encode(), "y.py": b"one\n"}
    assert trees.after == {"x.py": AFTER.encode(), "y.py": b"two\n"}


@pytest.mark.parametrize("held", [{}, {"x.py": b"another file\n"}, {"x.py": b""}, {"y.py": BEFORE.encode()}])
async def test_what_fits_nowhere_is_partial_and_is_hidden_in_both_versions(held: dict[str, bytes]) -> None:
    trees = await fitted(PATCH, held)
    assert trees.partial == ["x.py"]
    under = MemoryTree({"x.py": b"stale", "z.py": b"z"})
    assert await trees.base(under).paths() == ["z.py"]
    assert await trees.head(under).paths() == ["z.py"]


ADDED = b"""\
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1,2 @@
+x = 1
+y = 2
\\ No newline at end of file
"""
DELETED = b"""\
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1,2 +0,0 @@
-x = 1
-y = 2
"""
RENAMED = b"""\
diff --git a/old.py b/new.py
similarity index 60%
rename from old.py
rename to new.py
--- a/old.py
+++ b/new.py
@@ -1,2 +1,2 @@
 x = 1
-y = 2
+y = 3
"""


async def test_new_and_deleted_files_need_no_checkout() -> None:
    trees = await fitted(ADDED + DELETED)
    assert (trees.after, trees.gone_before) == ({"new.py": b"x = 1\ny = 2"}, {"new.py"})
    assert (trees.before, trees.gone_after) == ({"old.py": b"x = 1\ny = 2\n"}, {"old.py"})


@pytest.mark.parametrize("held", [{"old.py": b"x = 1\ny = 2\n"}, {"new.py": b"x = 1\ny = 3\n"}])
async def test_a_moved_file_is_under_one_name_in_each_version(held: dict[str, bytes]) -> None:
    trees = await fitted(RENAMED, held)
    assert await trees.base(MemoryTree(held)).read(["old.py", "new.py"]) == {"old.py": b"x = 1\ny = 2\n"}
    assert await trees.head(MemoryTree(held)).read(["old.py", "new.py"]) == {"new.py": b"x = 1\ny = 3\n"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a\nb\n",
        b"a\nb\nx\nd\ne\nf\ng\nh\n",
        b"\n" + BEFORE.encode(),
        BEFORE.encode().replace(b"\n", b"\r\n"),
        BEFORE.encode().removesuffix(b"\n"),
    ],
    ids=["empty", "too short", "other line", "moved down", "other line ends", "no last newline"],
)
def test_a_hunk_that_does_not_fit_to_the_line_is_not_forced(content: bytes) -> None:
    (file,) = parse_patch(PATCH).files
    assert patched(content, file) is None


def test_what_stands_behind_the_last_hunk_is_kept() -> None:
    (file,) = parse_patch(PATCH).files
    assert patched(BEFORE.encode() + b"more\n", file) == AFTER.encode() + b"more\n"


def test_only_a_new_file_is_told_wholly_by_its_hunks() -> None:
    (new, old) = (parse_patch(patch).files[0] for patch in (ADDED, DELETED))
    (changed,) = parse_patch(PATCH).files
    assert [added_whole(file) for file in (new, old, changed)] == [b"x = 1\ny = 2", None, None]
    assert [deleted_whole(file) for file in (new, old, changed)] == [None, b"x = 1\ny = 2\n", None]


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "  x", "+", "-"]), min_size=1, max_size=30).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@given(TEXTS, TEXTS, TEXTS)
def test_a_patch_fits_only_what_it_can_be_taken_back_from(before: str, after: str, other: str) -> None:
    for file in parse_patch(a_patch("x", before, after)).files:
        result = patched(other.encode(), file)
        if result is not None:
            assert unpatched(result, file) == other.encode()
