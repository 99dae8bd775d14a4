"""A hostile checkout shows nothing from outside of itself, and hides nothing."""

import os
import stat
from pathlib import Path

import pytest
from git_places import Place

from foureyes.diff.values import FileKind
from foureyes.errors import ForeignRepositoryError, GitError, NotARepositoryError
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.git.worktree import read_files


def changed(place: Place) -> None:
    place.commit({"a.txt": "one\n"})
    place.commit({"a.txt": "one\ntwo\n"})
    place.write(**{"a.txt": "one\nthree\n", "new.txt": "new\n"})


async def test_the_work_tree_is_where_the_repository_lies_whatever_it_says(place: Place, tmp_path: Path) -> None:
    changed(place)
    (tmp_path / "private.txt").write_text("one\n")
    place.git("config", "core.worktree", str(tmp_path))
    repository = await Repository.open(place.top)
    change = await repository.working_tree()
    assert repository.top == place.top
    assert {file.path for file in change.files} == {"a.txt", "new.txt"}
    assert "private.txt" not in await repository.tree(WORKING_TREE).paths()


async def test_settings_do_not_change_how_a_diff_is_written(place: Place) -> None:
    changed(place)
    expected = await (await Repository.open(place.top)).working_tree()
    for setting in (
        "color.ui=always", "color.diff=always", "diff.noprefix=true", "diff.mnemonicPrefix=true", "diff.context=0",
        "diff.interHunkContext=9", "diff.relative=true", "diff.renames=false", "diff.suppressBlankEmpty=true",
        "core.quotePath=true", "diff.wordRegex=.", "diff.orderFile=/nowhere", "core.abbrev=4", "log.date=relative",
        "core.bigFileThreshold=1", "diff.wsErrorHighlight=all", "diff.colorMoved=zebra", "core.bare=true",
        "diff.algorithm=patience", "core.attributesFile=/nowhere", "diff.dirstat=files",
    ):  # fmt: skip
        place.git("config", *setting.split("="))
    assert await (await Repository.open(place.top)).working_tree() == expected
    assert [match.line for match in await (await Repository.open(place.top)).tree("HEAD").search(["two"])] == [2]


async def test_an_attribute_does_not_hide_code(place: Place) -> None:
    place.commit({"a.py": "one\n", "b.py": "b\n", "c.bin": b"\0\1", ".gitattributes": "*.py -diff\n*.bin binary\n"})
    place.commit({"a.py": "one\neval(input())\n", "c.bin": b"\0\2"})
    place.git("mv", "b.py", "moved.py")
    place.write(**{"a.py": "one\nexec(input())\n", "new.py": "import os\n"})
    repository = await Repository.open(place.top)
    for change in (await repository.commit("HEAD"), await repository.working_tree()):
        for file in change.files:
            assert file.kind is (FileKind.BINARY if file.path == "c.bin" else FileKind.TEXT)
            assert file.hunks or file.path in ("c.bin", "moved.py")


async def test_replaced_and_grafted_commits_are_seen_as_they_were_published(place: Place) -> None:
    first = place.commit({"a": "1\n"}, "One")
    second = place.commit({"a": "2\n"}, "Two")
    place.git("replace", second, first)
    (place.top / ".git/info").mkdir(exist_ok=True)
    (place.top / ".git/info/grafts").write_text(f"{second}\n")
    change = await (await Repository.open(place.top)).commit(second)
    assert (change.title, change.base, change.added) == ("Two", first, 1)


async def test_a_tree_that_leads_out_of_itself_is_refused(place: Place) -> None:
    place.commit({"a": "1\n"})
    blob = place.git("rev-parse", "HEAD:a")
    listing = f"100644 blob {blob}\tevil\n"
    inner = place.git("mktree", stdin=listing.encode())
    raw = b"40000 ..\0" + bytes.fromhex(inner)
    tree = place.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
    commit = place.git("commit-tree", "-m", "Evil", "-p", "HEAD", tree)
    repository = await Repository.open(place.top)
    with pytest.raises(GitError, match="outside of the tree"):
        await repository.commit(commit)
    assert await repository.tree(commit).read(["../evil", "evil"]) == {}


async def test_names_of_all_kinds_survive(place: Place) -> None:
    names = [
        "new\nline",
        "tab\t",
        'quo"te',
        "-dash",
        "\x1b[31mred",
        " space ",
        "caf\udce9",
        "日本",
        ":(top)x",
        "*",
        "a\\b",
    ]
    place.commit(dict.fromkeys(names, "one\n"))
    place.files({**dict.fromkeys(names, "one\ntwo\n"), "fresh\n-\udce9": "one\n"})
    repository = await Repository.open(place.top)
    for version in ("HEAD", "index", WORKING_TREE):
        tree = repository.tree(version)
        assert set(names) <= set(await tree.paths())
        assert set(names) == set(await tree.read(names))
        assert set(names) <= {match.path for match in await tree.search(["one"])}
    assert {file.path for file in (await repository.working_tree()).files} == {*names, "fresh\n-\udce9"}
    assert {file.path for file in (await repository.commit("HEAD", paths=[":(top)x"])).files} == {":(top)x"}


async def test_links_are_not_followed_out_of_the_work_tree(place: Place, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("one secret\n")
    place.commit({"dir/secret": "one\n", "plain": "one\n"})
    (place.top / "dir/secret").unlink()
    (place.top / "dir").rmdir()
    (place.top / "dir").symlink_to(tmp_path / "outside")
    (place.top / "link").symlink_to(tmp_path / "outside/secret")
    tree = (await Repository.open(place.top)).tree(WORKING_TREE)
    assert await tree.read(["dir/secret", "link", "plain"]) == {"plain": b"one\n"}
    assert await tree.paths() == ["plain"]
    assert {match.path for match in await tree.search(["one"])} == {"plain"}


@pytest.mark.parametrize(
    "path", ["../outside", "/etc/passwd", "a/../../outside", "", ".", "a//b", "a\0b", ".git/config", "x/.GIT/y"]
)
def test_a_path_that_leads_elsewhere_is_left_out(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").write_text("no\n")
    top = tmp_path / "top"
    for folder in ("a", ".git", "x/.GIT"):
        (top / folder).mkdir(parents=True)
    (top / ".git/config").write_text("no\n")
    (top / "x/.GIT/y").write_text("no\n")
    (top / "a/b").write_text("no\n")
    assert read_files(top, [path], 100) == {}


def test_what_is_no_regular_file_is_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "large").write_text("x" * 11)
    (tmp_path / "fits").write_text("x" * 10)
    assert read_files(tmp_path, ["pipe", "folder", "large", "fits", "missing"], 10) == {"fits": b"x" * 10}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
async def test_a_repository_of_another_user_is_opened_only_by_those_who_trust_it(place: Place, house: Path) -> None:
    place.commit({"a": "1\n"})
    os.chown(place.top, 12345, 12345)
    os.chown(place.top / ".git", 12345, 12345)
    with pytest.raises(ForeignRepositoryError, match=r"git config --global --add safe\.directory"):
        await Repository.open(place.top)
    with (house / ".gitconfig").open("a") as file:
        file.write(f"[safe]\n\tdirectory = {place.top}\n")
    assert (await Repository.open(place.top)).top == place.top


async def test_a_broken_configuration_is_named(place: Place) -> None:
    (place.top / ".git/config").write_text("[broken\n")
    with pytest.raises(GitError, match="bad config line 1"):
        await Repository.open(place.top)


async def test_a_git_directory_without_its_parts_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(NotARepositoryError):
        await Repository.open(tmp_path)


async def test_files_the_user_ignores_everywhere_are_not_looked_at(place: Place, house: Path) -> None:
    place.commit({"a": "1\n"})
    (house / ".config/git").mkdir(parents=True)
    (house / ".config/git/ignore").write_text(".env\n")
    place.files({".env": "SECRET=1\n", "b": "1\n"})
    assert {file.path for file in (await (await Repository.open(place.top)).working_tree()).files} == {"b"}
    (house / "mine").write_text("b\n")
    with (house / ".gitconfig").open("a") as file:
        file.write("[core]\n\texcludesFile = ~/mine\n")
    assert {file.path for file in (await (await Repository.open(place.top)).working_tree()).files} == {".env"}


async def test_reading_changes_nothing_in_the_repository(place: Place) -> None:
    changed(place)

    def everything() -> dict[Path, tuple[int, int]]:
        return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in (place.top / ".git").rglob("*")}

    before = everything()
    repository = await Repository.open(place.top)
    await repository.working_tree()
    await repository.staged()
    assert everything() == before
    assert not stat.S_ISLNK((place.top / ".git").lstat().st_mode)
