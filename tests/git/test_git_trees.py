"""One contract for every tree: the twin in memory, a commit, the index and the work tree."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from git_places import Place, new_place

from foureyes.errors import GitError
from foureyes.git.objecttrees import CommitTree, IndexTree
from foureyes.git.repository import Repository
from foureyes.git.trees import Match, MemoryTree, Tree
from foureyes.git.worktree import WorkTree

FILES = {
    "a.py": b"def needle():\n    return other_needle\n",
    "b/c.py": b"x = needle\n\nneedle()\n",
    "b/latin.txt": b"caf\xe9 needle\r\n",
    "empty": b"",
    "with space.txt": b"needles\n",
}

Maker = Callable[[Place], Awaitable[Tree]]


async def in_memory(_: Place) -> Tree:
    return MemoryTree(FILES)


async def of_commit(place: Place) -> Tree:
    return (await Repository.open(place.top)).tree("HEAD")


async def of_index(place: Place) -> Tree:
    return (await Repository.open(place.top)).tree("index")


async def of_work_tree(place: Place) -> Tree:
    return (await Repository.open(place.top)).tree("working tree")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = new_place(tmp_path / "place")
    place.commit(FILES)
    return place


@pytest.fixture(params=[in_memory, of_commit, of_index, of_work_tree])
async def tree(request: pytest.FixtureRequest, place: Place) -> Tree:
    made: Tree = await request.param(place)
    return made


async def test_contents_come_as_they_are(tree: Tree) -> None:
    assert await tree.read(FILES) == FILES


async def test_what_is_not_there_is_left_out(tree: Tree) -> None:
    assert await tree.read(["a.py", "nope", "b", "b/", "../a.py", "", "./a.py", "a\0"]) == {"a.py": FILES["a.py"]}
    assert await tree.read([]) == {}


async def test_all_paths_are_listed_in_order(tree: Tree) -> None:
    assert list(await tree.paths()) == sorted(FILES)


async def test_whole_words_are_found_in_the_order_of_paths(tree: Tree) -> None:
    assert await tree.search(["needle"]) == [
        Match("a.py", 1, "def needle():"),
        Match("b/c.py", 1, "x = needle"),
        Match("b/c.py", 3, "needle()"),
        Match("b/latin.txt", 1, "caf\udce9 needle\r"),
    ]


async def test_a_search_stops_at_its_limit(tree: Tree) -> None:
    assert [match.path for match in await tree.search(["needle", "x"], limit=2)] == ["a.py", "b/c.py"]


@pytest.mark.parametrize("words", [[], ["nowhere"], ["needl"], [".*"], ["-e"], ["a\nb"], [""]])
async def test_a_search_for_nothing_finds_nothing(tree: Tree, words: list[str]) -> None:
    assert await tree.search(words) == []


async def test_several_words_are_one_search(tree: Tree) -> None:
    assert len(await tree.search(["other_needle", "x", "needles"])) == 3


@pytest.mark.parametrize("kind", [of_commit, of_index, of_work_tree])
async def test_links_and_submodules_are_no_files(place: Place, kind: Maker) -> None:
    (place.top / "link").symlink_to("a.py")
    new_place(place.top / "inner").commit({"x": "1\n"})
    place.git("-c", "advice.addEmbeddedRepo=false", "add", "--all")
    place.git("commit", "--quiet", "-m", "Kinds")
    tree = await kind(place)
    assert list(await tree.paths()) == sorted(FILES)
    assert await tree.read(["link", "inner", "inner/x"]) in ({}, {"inner/x": b"1\n"})


async def test_files_over_the_cap_are_left_out(place: Place) -> None:
    git = (await Repository.open(place.top)).git
    for tree in (CommitTree(git, "HEAD", largest=20), IndexTree(git, largest=20), WorkTree(git, place.top, largest=20)):
        assert await tree.read(["a.py", "b/c.py", "empty"]) == {"empty": b""}


async def test_thousands_of_paths_are_read_in_a_few_calls(place: Place) -> None:
    many = {f"many/{'long' * 10}/{number:05}": f"{number}\n" for number in range(1500)}
    place.commit(many)
    tree = await of_commit(place)
    contents = await tree.read(many)
    assert len(contents) == 1500
    assert contents[f"many/{'long' * 10}/01499"] == b"1499\n"


async def test_large_contents_come_in_several_calls(place: Place) -> None:
    large = {f"large{number}": bytes([number]) * 9_000_000 for number in range(5)}
    place.commit(large)
    assert await (await of_commit(place)).read(large) == large


async def test_a_search_goes_through_many_files_until_it_has_enough(place: Place) -> None:
    place.commit({f"f/{number:03}": "common\n" for number in range(120)})
    found = await (await of_commit(place)).search(["common"], limit=110)
    assert [match.path for match in found] == [f"f/{number:03}" for number in range(110)]


async def test_a_match_in_a_line_of_megabytes_is_found(place: Place) -> None:
    place.commit({"min.js": b"var a=1;" * 600_000 + b" needle\n"})
    assert [match.path for match in await (await of_commit(place)).search(["needle"])][-1] == "min.js"


async def test_binary_files_are_not_searched(place: Place) -> None:
    place.commit({"z.bin": b"\0needle\n"})
    assert "z.bin" not in {match.path for match in await (await of_commit(place)).search(["needle"])}


async def test_a_file_in_conflict_is_not_in_the_index_tree(place: Place) -> None:
    place.git("checkout", "--quiet", "-b", "topic")
    place.commit({"a.py": "topic\n"})
    place.git("checkout", "--quiet", "main")
    place.commit({"a.py": "main\n"})
    with pytest.raises(AssertionError):
        place.git("merge", "--quiet", "topic")
    tree = await of_index(place)
    assert await tree.read(["a.py", "empty"]) == {"empty": b""}
    assert (await (await of_work_tree(place)).paths()).count("a.py") == 1


async def test_a_version_that_is_gone_fails_to_be_searched(place: Place) -> None:
    git = (await Repository.open(place.top)).git
    with pytest.raises(GitError, match="unable to parse object"):
        await CommitTree(git, "0" * 40).search(["needle"])
