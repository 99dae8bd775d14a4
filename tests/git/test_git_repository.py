"""A repository is found from anywhere in it, its revisions are resolved, and its versions compared."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from git_places import Place, new_place

from foureyes.diff.values import FileKind, FileStatus
from foureyes.errors import (
    GitError,
    GitLimitError,
    MissingBaseError,
    NotARepositoryError,
    UnknownRevisionError,
    UsageError,
)
from foureyes.git.repository import Repository
from foureyes.kit import clock


async def opened(place: Place) -> Repository:
    return await Repository.open(place.top)


def summary(change: object) -> dict[str, str]:
    return {file.path: str(file.status) for file in change.files}  # type: ignore[attr-defined]


async def test_it_is_found_from_a_file_deep_inside(place: Place) -> None:
    place.commit({"a/b/c.txt": "c\n"})
    for inside in (place.top, place.top / "a/b", place.top / "a/b/c.txt", place.top / "a/b/not-there"):
        assert (await Repository.open(inside)).top == place.top


async def test_where_there_is_none_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError, match="is not inside a git repository: go into one"):
        await Repository.open(tmp_path)


@pytest.mark.parametrize("content", ["nonsense\n", "gitdir: /nowhere\n"])
async def test_a_broken_git_file_is_no_repository(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content)
    with pytest.raises(NotARepositoryError):
        await Repository.open(tmp_path)


async def test_a_bare_repository_compares_commits(place: Place, tmp_path: Path) -> None:
    place.commit({"a": "1\n"})
    place.commit({"a": "2\n"}, "Two")
    place.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    repository = await Repository.open(tmp_path / "bare.git")
    change = await repository.commit("HEAD")
    assert (repository.bare, change.title, change.added) == (True, "Two", 1)


async def test_a_bare_repository_among_other_files_is_not_entered(place: Place) -> None:
    place.git("init", "--quiet", "--bare", "planted")
    (place.top / "planted/deeper").mkdir()
    assert (await Repository.open(place.top / "planted/deeper")).top == place.top


async def test_a_linked_work_tree_is_a_repository_of_its_own(place: Place, tmp_path: Path) -> None:
    place.commit({"a": "1\n"})
    place.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    (tmp_path / "linked/a").write_text("2\n")
    repository = await Repository.open(tmp_path / "linked")
    assert summary(await repository.working_tree()) == {"a": "modified"}
    assert summary(await (await opened(place)).working_tree()) == {}


async def test_revisions_become_commit_ids(place: Place) -> None:
    first = place.commit({"a": "1\n"})
    second = place.commit({"a": "2\n"})
    place.git("tag", "-a", "-m", "a tag", "v1", first)
    repository = await opened(place)
    assert [await repository.resolve(name) for name in ("HEAD", "main", "HEAD~1", "v1")] == [
        second,
        second,
        first,
        first,
    ]


@pytest.mark.parametrize(
    "revision", ["", "nope", "a b", "HEAD~9", "--help", "-x", "HEAD:a", "x\ny", "x\0y", "main..", "@{99}"]
)
async def test_an_unknown_revision_is_named(place: Place, revision: str) -> None:
    place.commit({"a": "1\n"})
    with pytest.raises(UnknownRevisionError) as caught:
        await (await opened(place)).resolve(revision)
    assert repr(revision) in str(caught.value)


async def test_a_commit_is_told_by_its_message_and_compared_with_its_first_parent(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.commit({"a": "1\n2\n", "b": "new\n"}, "Add two\n\nBecause one\nis not enough.\n")
    change = await (await opened(place)).commit("HEAD")
    assert (change.title, change.description) == ("Add two", "Because one\nis not enough.")
    assert summary(change) == {"a": "modified", "b": "added"}
    assert (change.head, change.base) == (place.git("rev-parse", "HEAD"), place.git("rev-parse", "HEAD~1"))


async def test_the_first_commit_adds_everything(place: Place) -> None:
    place.commit({"a": "1\n", "b": ""})
    repository = await opened(place)
    change = await repository.commit("HEAD")
    assert summary(change) == {"a": "added", "b": "added"}
    assert await repository.tree(change.base).paths() == []


async def test_a_merge_is_compared_with_the_side_it_went_into(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.git("checkout", "--quiet", "-b", "topic")
    place.commit({"topic": "t\n"})
    place.git("checkout", "--quiet", "main")
    place.commit({"main": "m\n"})
    place.git("merge", "--quiet", "--no-edit", "topic")
    assert summary(await (await opened(place)).commit("HEAD")) == {"topic": "added"}


async def test_three_dots_start_where_both_met_and_two_dots_where_the_base_is(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.git("checkout", "--quiet", "-b", "topic")
    place.commit({"topic": "t\n"}, "One")
    place.commit({"topic": "t2\n"}, "Two")
    place.git("checkout", "--quiet", "main")
    place.commit({"main": "m\n"})
    repository = await opened(place)
    change = await repository.range("main...topic")
    assert (summary(change), change.title, change.description) == ({"topic": "added"}, "Two", "- Two\n- One")
    assert summary(await repository.range("main..topic")) == {"topic": "added", "main": "deleted"}
    assert summary(await repository.range("topic...")) == {"main": "added"}
    assert summary(await repository.range("..topic")) == {"topic": "added", "main": "deleted"}


async def test_an_empty_range_is_an_empty_change(place: Place) -> None:
    place.commit({"a": "1\n"})
    change = await (await opened(place)).range("HEAD..HEAD")
    assert (change.files, change.title) == ((), "")


async def test_what_is_no_range_is_refused(place: Place) -> None:
    with pytest.raises(UnknownRevisionError, match=r"a range is A\.\.B"):
        await (await opened(place)).range("HEAD")


async def test_histories_that_never_met_have_no_base(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.git("checkout", "--quiet", "--orphan", "other")
    place.commit({"b": "1\n"})
    with pytest.raises(UsageError, match=r"no commit in common: compare them as they are, with main\.\.other"):
        await (await opened(place)).range("main...other")


async def test_a_history_with_a_hole_is_an_error_of_git(place: Place) -> None:
    first = place.commit({"a": "1\n"})
    place.commit({"a": "2\n"})
    place.git("checkout", "--quiet", "-b", "topic", first)
    place.commit({"b": "1\n"})
    (place.top / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(GitError):
        await (await opened(place)).merge_base("main", "topic")


async def test_beyond_the_edge_of_a_shallow_clone_the_sentence_says_how_to_get_there(
    place: Place, tmp_path: Path
) -> None:
    old = place.commit({"a": "1\n"})
    place.commit({"a": "2\n"})
    place.git("clone", "--quiet", "--depth=1", f"file://{place.top}", str(tmp_path / "shallow"))
    repository = await Repository.open(tmp_path / "shallow")
    for attempt in (repository.commit("HEAD"), repository.range("HEAD~1..HEAD"), repository.resolve(old)):
        with pytest.raises(MissingBaseError, match="git fetch --unshallow"):
            await attempt


async def test_a_merge_base_beyond_the_edge_is_missing(place: Place, tmp_path: Path) -> None:
    place.commit({"a": "1\n"})
    place.git("checkout", "--quiet", "-b", "topic")
    place.commit({"b": "2\n"})
    place.git("checkout", "--quiet", "main")
    place.commit({"a": "3\n"})
    place.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{place.top}", str(tmp_path / "shallow"))
    with pytest.raises(MissingBaseError, match="where main and origin/topic meet"):
        await (await Repository.open(tmp_path / "shallow")).range("main...origin/topic")


async def test_what_a_partial_clone_lacks_is_not_fetched_behind_the_users_back(place: Place, tmp_path: Path) -> None:
    place.git("config", "uploadpack.allowFilter", "true")
    place.commit({"a": "1\n"})
    place.commit({"a": "2\n"})
    place.git("clone", "--quiet", "--bare", "--filter=blob:none", f"file://{place.top}", str(tmp_path / "partial"))
    with pytest.raises(MissingBaseError, match="partial and lacks files"):
        await (await Repository.open(tmp_path / "partial")).commit("HEAD")


async def test_staged_is_what_the_next_commit_would_change(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.write(a="staged\n", b="new\n")
    place.git("add", "a")
    place.write(a="not staged\n")
    repository = await opened(place)
    change = await repository.staged()
    assert (summary(change), change.head) == ({"a": "modified"}, "index")
    assert await repository.tree(change.head).read(["a", "b"]) == {"a": b"staged\n"}


async def test_the_working_tree_counts_staged_unstaged_and_new_files_but_no_ignored_ones(place: Place) -> None:
    place.commit({"a": "1\n", "gone": "1\n", "kept": "1\n", ".gitignore": "*.log\n"})
    place.files({"a": "2\n", "staged": "s\n", "deep/new file.txt": "n\n", "x.log": "no\n"})
    place.git("add", "staged")
    (place.top / "gone").unlink()
    before = place.git("status", "--porcelain=v2", "--untracked-files=all")
    change = await (await opened(place)).working_tree()
    assert summary(change) == {"a": "modified", "gone": "deleted", "staged": "added", "deep/new file.txt": "added"}
    assert change.head == "working tree"
    assert place.git("status", "--porcelain=v2", "--untracked-files=all") == before


async def test_a_repository_without_a_commit_has_staged_and_new_files(place: Place) -> None:
    repository = await opened(place)
    assert (await repository.working_tree()).files == ()
    place.write(a="1\n", b="2\n")
    place.git("add", "a")
    assert summary(await repository.staged()) == {"a": "added"}
    assert summary(await repository.working_tree()) == {"a": "added", "b": "added"}


async def test_a_file_moved_by_hand_is_a_rename(place: Place) -> None:
    place.commit({"old.py": "one\ntwo\nthree\nfour\nfive\n"})
    (place.top / "old.py").rename(place.top / "new.py")
    (file,) = (await (await opened(place)).working_tree()).files
    assert (file.path, file.old_path, file.status) == ("new.py", "old.py", FileStatus.RENAMED)


async def test_a_repository_inside_is_no_part_of_the_working_tree(place: Place) -> None:
    place.commit({"a": "1\n"})
    new_place(place.top / "inner").commit({"x": "1\n"})
    assert summary(await (await opened(place)).working_tree()) == {}


async def test_a_file_in_conflict_is_part_of_the_working_tree(place: Place) -> None:
    place.commit({"a": "1\n"})
    place.git("checkout", "--quiet", "-b", "topic")
    place.commit({"a": "topic\n"})
    place.git("checkout", "--quiet", "main")
    place.commit({"a": "main\n"})
    with pytest.raises(AssertionError, match="merge"):
        place.git("merge", "--quiet", "topic")
    (file,) = (await (await opened(place)).working_tree()).files
    assert (file.path, file.status, file.added > 2) == ("a", FileStatus.MODIFIED, True)


async def test_paths_limit_a_change_and_are_taken_literally(place: Place) -> None:
    place.commit({"a/x.py": "1\n", "b/x.py": "1\n", "*.py": "1\n", "-x": "1\n"})
    repository = await opened(place)
    assert summary(await repository.commit("HEAD", paths=["a"])) == {"a/x.py": "added"}
    assert summary(await repository.commit("HEAD", paths=["*.py", "-x"])) == {"*.py": "added", "-x": "added"}
    place.write(new="1\n", other="1\n")
    assert summary(await repository.working_tree(paths=["new"])) == {"new": "added"}


async def test_a_hook_may_bring_its_own_index(place: Place, tmp_path: Path) -> None:
    place.commit({"a": "1\n"})
    place.write(a="2\n")
    place.git("add", "a")
    (tmp_path / "index").write_bytes((place.top / ".git/index").read_bytes())
    place.git("reset", "--quiet")
    repository = await Repository.open(place.top, index=tmp_path / "index")
    assert summary(await repository.staged()) == {"a": "modified"}
    assert summary(await (await opened(place)).staged()) == {}


async def test_commits_are_listed_and_changes_of_files_counted(place: Place) -> None:
    place.commit({"a": "1\n"}, "One")
    place.commit({"a": "2\n", "ünusual\nname": "1\n"}, "Two\n\nbody\n\nmore")
    place.commit({"a": "3\n"}, "Three")
    repository = await opened(place)
    commits = await repository.log(limit=2)
    assert [(commit.subject, commit.body) for commit in commits] == [("Three", ""), ("Two", "body\n\nmore")]
    assert commits[0].author == "A Test"
    assert commits[0].date.tzinfo is not None
    yesterday = clock.now() - timedelta(days=1)
    assert await repository.churn(since=yesterday) == {"a": 3, "ünusual\nname": 1}
    assert await repository.churn(since=yesterday, paths=["a"]) == {"a": 3}
    assert await repository.churn(since=clock.now() + timedelta(days=1)) == {}


async def test_kinds_of_files_are_told_from_their_modes(place: Place) -> None:
    place.commit({"turns": "1\n", "run": "#!\n", "same": "s\n"})
    inner = new_place(place.top / "inner")
    inner.commit({"x": "1\n"})
    (place.top / "turns").unlink()
    (place.top / "turns").symlink_to("run")
    (place.top / "link").symlink_to("/etc/passwd")
    (place.top / "run").chmod(0o755)
    place.write(picture=b"\0\1\2")
    place.git("-c", "advice.addEmbeddedRepo=false", "add", "--all")
    place.git("commit", "--quiet", "-m", "Kinds")
    files = {file.path: file for file in (await (await opened(place)).commit("HEAD")).files}
    assert {path: file.kind for path, file in files.items()} == {
        "turns": FileKind.SYMLINK,
        "link": FileKind.SYMLINK,
        "inner": FileKind.SUBMODULE,
        "run": FileKind.TEXT,
        "picture": FileKind.BINARY,
    }
    assert files["turns"].status is FileStatus.TYPE_CHANGED
    assert [(hunk.removed, hunk.added) for hunk in files["turns"].hunks] == [(1, 0), (0, 1)]
    assert (files["run"].old_mode, files["run"].new_mode, files["run"].hunks) == ("100644", "100755", ())


async def test_a_change_of_fifty_thousand_lines_and_a_line_of_five_megabytes_are_changes(place: Place) -> None:
    place.commit({"many.txt": "".join(f"{number}\n" for number in range(50_000)), "long.js": "x" * 5_000_000})
    place.commit({"many.txt": "".join(f"{number} \n" for number in range(50_000)), "long.js": "y" * 5_000_000})
    many, long = sorted((await (await opened(place)).commit("HEAD")).files, key=lambda file: -file.added)
    assert (many.added, many.removed) == (50_000, 50_000)
    assert [len(line.text) for line in long.hunks[0].lines] == [5_000_000, 5_000_000]


async def test_a_diff_over_the_cap_says_what_to_do(place: Place) -> None:
    place.commit({"large": "x" * 5_000})
    repository = await opened(place)
    small = replace(repository, git=repository.git.within(output=4_000))
    with pytest.raises(GitLimitError, match="name fewer paths"):
        await small.commit("HEAD")


async def test_line_ends_are_changed_as_the_user_has_it(place: Place, house: Path) -> None:
    place.commit({"a": "1\n2\n"})
    place.write(a=b"1\r\n2\r\n")
    assert summary(await (await opened(place)).working_tree()) == {"a": "modified"}
    with (house / ".gitconfig").open("a") as file:
        file.write("[core]\n\tautocrlf = true\n")
    assert summary(await (await opened(place)).working_tree()) == {}
    place.git("config", "core.autocrlf", "false")
    assert summary(await (await opened(place)).working_tree()) == {"a": "modified"}
