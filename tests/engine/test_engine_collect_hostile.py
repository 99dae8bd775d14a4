"""Bad input on its way to the material of a review: nothing is lost, nothing is taken for what it is not."""

from pathlib import Path

import pytest
from engine_checkout import Checkout, new_checkout
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import a_patch
from foureyes.diff.parse import parse_patch
from foureyes.engine.collect import collect
from foureyes.engine.patchtrees import patch_trees
from foureyes.engine.request import CommitRange, OneCommit, Patch, Request, Staged, WholeFiles, WorkingTree
from foureyes.engine.screen import Screened, screen
from foureyes.errors import MissingBaseError
from foureyes.git.trees import MemoryTree

NAMES = [
    "new\nline.py",
    "esc\x1b[31m.py",
    'quo"te.py',
    "-dash.py",
    "ta\tb.py",
    "sp ace.py",
    "caf\udce9.py",
    ":(top)x.py",
    "*.py",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return new_checkout(tmp_path / "checkout")


async def looked(checkout: Checkout, request: Request) -> Screened:
    return await screen(await collect(request))


def texts(result: Screened) -> dict[str, str]:
    return {file.path: file.text for file in result.files}


@pytest.mark.parametrize("source", [WorkingTree(), Staged(), OneCommit("HEAD"), CommitRange("HEAD~1..HEAD")])
async def test_hostile_names_are_names(checkout: Checkout, source: object) -> None:
    checkout.commit({"a.txt": "x\n"})
    checkout.write(dict.fromkeys(NAMES, "x = 1\n"))
    checkout.git("add", "--all")
    if isinstance(source, OneCommit | CommitRange):
        checkout.commit({})
    result = await looked(checkout, Request(source, checkout.top))  # type: ignore[arg-type]
    assert texts(result) == dict.fromkeys(NAMES, "x = 1\n")


async def test_hostile_names_can_be_named(checkout: Checkout) -> None:
    checkout.commit(dict.fromkeys(NAMES, "x = 1\n"))
    for name in NAMES:
        result = await looked(checkout, Request(WholeFiles((Path(name),)), checkout.top))
        assert texts(result) == {name: "x = 1\n"}


async def test_a_name_is_no_pattern(checkout: Checkout) -> None:
    checkout.commit({"*.py": "x = 1\n", "a.py": "x = 1\n"})
    material = await collect(Request(OneCommit("HEAD", (Path("*.py"),)), checkout.top))
    assert [file.path for file in material.change.files] == ["*.py"]


async def test_hostile_names_survive_a_patch(checkout: Checkout) -> None:
    checkout.commit(dict.fromkeys(NAMES, "x = 1\n"))
    checkout.commit(dict.fromkeys(NAMES, "x = 2\n"))
    patch = checkout.git("diff", "HEAD~1", "HEAD").encode("utf-8", "surrogateescape") + b"\n"
    result = await looked(checkout, Request(Patch(patch), checkout.top))
    assert texts(result) == dict.fromkeys(NAMES, "x = 2\n")


async def test_a_change_of_binary_files_only_has_nothing_to_review(checkout: Checkout) -> None:
    checkout.commit({"a.bin": b"\0" * 100})
    checkout.commit({"a.bin": b"\0" * 101})
    result = await looked(checkout, Request(OneCommit("HEAD"), checkout.top))
    assert (result.files, [skip.reason for skip in result.skips]) == ((), ["binary"])


async def test_an_empty_change_is_empty(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x\n"})
    material = await collect(Request(WorkingTree(), checkout.top))
    assert material.change.files == ()
    assert (await screen(material)).files == ()


async def test_a_shallow_clone_without_the_base_says_how_to_get_it(checkout: Checkout, tmp_path: Path) -> None:
    for number in range(3):
        checkout.commit({"a.py": f"x = {number}\n"})
    checkout.git("clone", "--quiet", "--depth=1", f"file://{checkout.top}", str(tmp_path / "shallow"))
    with pytest.raises(MissingBaseError, match="git fetch --unshallow"):
        await collect(Request(CommitRange("HEAD~1..HEAD"), tmp_path / "shallow"))


async def test_a_link_out_of_the_tree_is_told_and_not_read(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1\n")
    checkout.commit({"a.py": "x\n"})
    (checkout.top / "link.py").symlink_to(tmp_path / "secret.py")
    checkout.commit({})
    result = await looked(checkout, Request(OneCommit("HEAD"), checkout.top))
    assert [skip.reason for skip in result.skips] == ["symbolic link"]
    assert [notice.code for notice in result.notices] == ["link-outside"]


async def test_fifty_thousand_lines_are_all_there(checkout: Checkout) -> None:
    checkout.commit({"a.txt": "x\n"})
    checkout.commit({f"m{number}.py": "value = compute(1, 2)\n" * 5_000 for number in range(10)})
    result = await looked(checkout, Request(OneCommit("HEAD"), checkout.top))
    assert sum(file.shown.added for file in result.files) == 50_000


async def test_one_line_of_five_megabytes_leaves_the_review_incomplete(checkout: Checkout) -> None:
    checkout.commit({"a.txt": "x\n"})
    checkout.commit({"data.py": f"x = '{'a' * 5_000_000}'\n", "b.py": "y = 1\n"})
    result = await looked(checkout, Request(OneCommit("HEAD"), checkout.top))
    assert [file.path for file in result.files] == ["b.py"]
    assert [(skip.path, skip.expected) for skip in result.skips] == [("data.py", False)]


@pytest.mark.parametrize("ending", ["\r\n", "\n", ""])
async def test_line_ends_and_a_missing_last_newline_are_kept(checkout: Checkout, ending: str) -> None:
    checkout.git("config", "core.autocrlf", "false")
    checkout.commit({"a.py": f"x = 1\r\ny = 1{ending}"})
    checkout.commit({"a.py": f"x = 1\r\ny = 2{ending}"})
    result = await looked(checkout, Request(OneCommit("HEAD"), checkout.top))
    assert texts(result) == {"a.py": f"x = 1\r\ny = 2{ending}"}


TEXT = st.lists(st.sampled_from("abcde"), max_size=12).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(TEXT, TEXT, st.booleans())
@settings(max_examples=60)
async def test_a_patch_finds_its_versions_where_the_files_are_one_of_them(before: str, after: str, done: bool) -> None:
    if before == after:
        return
    change = parse_patch(a_patch("x", before, after))
    trees = await patch_trees(change, [MemoryTree({"x": (after if done else before).encode()})])
    assert trees.partial == []
    found = trees.before.get("x", b""), trees.after.get("x", b"")
    # A patch may fit both ways; then the version that is here is one of the two all the same.
    assert found == (before.encode(), after.encode()) or (after if done else before).encode() in found
