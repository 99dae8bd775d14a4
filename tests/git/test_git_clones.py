"""Clones over real HTTP: fetched once, shared, without blobs until they are needed, and mended after a kill."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from git_places import Place, new_place
from loopback_forge import Forge, serving

from foureyes.errors import (
    GitError,
    GitLimitError,
    GitTimeoutError,
    MissingBaseError,
    RemoteRefusedError,
    RemoteUnavailableError,
    UnknownRevisionError,
)
from foureyes.git import blobs
from foureyes.git.clone import Clone
from foureyes.git.clones import CloneCache, CloneLimits
from foureyes.git.remotes import remote
from foureyes.kit import clock
from foureyes.kit.process import Limits

PULL = "refs/pull/7/head"
MAIN = "refs/heads/main"


@pytest.fixture
def origin(tmp_path: Path) -> Place:
    """A repository with a pull request, as a forge keeps it."""
    place = new_place(tmp_path / "forge/project.git")
    place.git("config", "uploadpack.allowFilter", "true")
    place.git("config", "uploadpack.allowReachableSHA1InWant", "true")
    place.git("config", "uploadpack.allowAnySHA1InWant", "true")
    place.commit({"a.py": "one\n", "b.py": "b\n", "docs/old.md": "text\n" * 20}, "One")
    place.git("checkout", "--quiet", "-b", "topic")
    place.git("mv", "docs/old.md", "docs/new.md")
    place.commit({"a.py": "one\ntwo\n", "docs/new.md": "text\n" * 20 + "more\n"}, "Two")
    place.git("update-ref", PULL, "topic")
    place.git("checkout", "--quiet", "main")
    place.commit({"b.py": "changed on main\n"}, "Three")
    return place


@pytest.fixture
def forge(origin: Place) -> Iterator[Forge]:
    with serving(origin.top.parent) as forge:
        yield forge


@pytest.fixture
def cache(tmp_path: Path) -> CloneCache:
    return CloneCache(tmp_path / "clones", allow_local=True)


def address(forge: Forge) -> str:
    return f"{forge.url}/project.git/.git"


async def review(cache: CloneCache, forge: Forge) -> dict[str, str]:
    """What a review asks: the change of the pull request and both versions of its files."""
    async with cache.repository(address(forge), fetch=[PULL, MAIN]) as repository:
        change = await repository.range(f"{MAIN}...{PULL}")
        head = await repository.tree(change.head).read([file.path for file in change.files])
        assert head["a.py"] == b"one\ntwo\n"
        return {file.path: str(file.status) for file in change.files}


async def test_a_pull_request_is_fetched_compared_and_read(cache: CloneCache, forge: Forge) -> None:
    assert await review(cache, forge) == {"a.py": "modified", "docs/new.md": "renamed"}


async def test_blobs_come_all_at_once_and_only_those_of_the_change(
    cache: CloneCache, forge: Forge, origin: Place
) -> None:
    await review(cache, forge)
    # The protocol asks what there is, then for the pack: once for commits and trees, once for blobs.
    assert forge.fetches() <= 4
    async with cache.repository(address(forge), fetch=[]) as repository:
        other = origin.git("rev-parse", f"{MAIN}:b.py")
        assert await blobs.sizes(repository.git, [other]) == {other: None}


async def test_what_is_here_is_not_fetched_again(cache: CloneCache, forge: Forge, origin: Place) -> None:
    await review(cache, forge)
    commit = origin.git("rev-parse", PULL)
    before = len(forge.requests)
    async with cache.repository(address(forge), fetch=[commit]) as repository:
        assert await repository.resolve(commit) == commit
        assert len((await repository.commit(commit)).files) == 2
    assert len(forge.requests) == before


async def test_a_pushed_commit_is_found_by_reference_and_by_id(cache: CloneCache, forge: Forge, origin: Place) -> None:
    await review(cache, forge)
    new = origin.commit({"c.py": "c\n"}, "Four")
    origin.git("update-ref", PULL, new)
    async with cache.repository(address(forge), fetch=[new]) as repository:
        assert (await repository.commit(new)).title == "Four"
    origin.git("update-ref", PULL, "topic")
    async with cache.repository(address(forge), fetch=[PULL]) as repository:
        assert await repository.resolve(PULL) == origin.git("rev-parse", "topic")


async def test_a_search_reads_files_that_were_not_part_of_the_change(cache: CloneCache, forge: Forge) -> None:
    async with cache.repository(address(forge), fetch=[MAIN]) as repository:
        tree = repository.tree(await repository.resolve(MAIN))
        assert [match.path for match in await tree.search(["changed"])] == ["b.py"]


async def test_the_token_reaches_the_server_and_no_file_and_no_argument(cache: CloneCache, forge: Forge) -> None:
    forge.token = "Basic c2VjcmV0OnRva2Vu"

    async def credentials() -> str:
        return "Basic c2VjcmV0OnRva2Vu"

    async with cache.repository(address(forge), fetch=[PULL], credentials=credentials) as repository:
        await repository.commit(PULL)
    assert set(forge.authorizations) == {forge.token}
    for file in cache.directory.rglob("*"):
        assert not file.is_file() or b"c2VjcmV0OnRva2Vu" not in file.read_bytes()


async def test_without_the_token_the_server_refuses(cache: CloneCache, forge: Forge) -> None:
    forge.token = "Basic x"
    with pytest.raises(RemoteRefusedError):
        await review(cache, forge)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, RemoteRefusedError),
        (404, RemoteRefusedError),
        (302, RemoteRefusedError),
        (429, RemoteUnavailableError),
        (503, RemoteUnavailableError),
    ],
)
async def test_answers_of_the_server_become_errors(
    cache: CloneCache, forge: Forge, status: int, error: type[GitError]
) -> None:
    forge.status = status
    with pytest.raises(error):
        await review(cache, forge)
    # Refusals are final, and nothing was followed elsewhere.
    assert len(forge.requests) <= 2


async def test_a_server_that_is_away_is_unavailable(cache: CloneCache) -> None:
    with pytest.raises(RemoteUnavailableError):
        async with cache.repository("http://127.0.0.1:1/x.git", fetch=[MAIN]):
            pass


@pytest.mark.parametrize("name", ["refs/pull/8/head", "0" * 39 + "1"])
async def test_what_the_server_does_not_have_is_named(cache: CloneCache, forge: Forge, name: str) -> None:
    with pytest.raises(UnknownRevisionError, match=name):
        async with cache.repository(address(forge), fetch=[name]):
            pass


@pytest.mark.parametrize(
    "name",
    [
        "main",
        "refs/heads/*",
        "refs/a..b",
        "refs/a:b",
        "--upload-pack=x",
        "refs/x.lock",
        "refs/.a",
        "refs/a@{1}",
        "refs/a\nb",
    ],
)
async def test_a_name_that_is_no_full_reference_is_refused(cache: CloneCache, forge: Forge, name: str) -> None:
    with pytest.raises(UnknownRevisionError, match="a full reference"):
        async with cache.repository(address(forge), fetch=[name]):
            pass


async def test_many_reviews_at_once_share_one_clone(cache: CloneCache, forge: Forge) -> None:
    results = await asyncio.gather(*(review(cache, forge) for _ in range(8)))
    assert all(result == results[0] for result in results)
    assert len([folder for folder in cache.directory.iterdir() if folder.is_dir()]) == 1


REVIEWER = """
import asyncio, sys
from pathlib import Path
from foureyes.git.clones import CloneCache

async def main():
    folder, url, pull = sys.argv[1:]
    async with CloneCache(Path(folder), allow_local=True).repository(url, fetch=[pull]) as repository:
        change = await repository.commit(pull)
        print(len(change.files), flush=True)

asyncio.run(main())
"""


def in_another_process(cache: CloneCache, forge: Forge) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", REVIEWER, str(cache.directory), address(forge), PULL]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


async def test_processes_share_one_clone(cache: CloneCache, forge: Forge) -> None:
    others = [in_another_process(cache, forge) for _ in range(3)]
    await review(cache, forge)
    outputs = [await asyncio.to_thread(other.communicate) for other in others]
    assert [output.strip() for output, _ in outputs] == [b"2"] * 3


def wait_until(condition: Callable[[], bool]) -> None:
    end = clock.steady() + 30
    while not condition():
        assert clock.steady() < end
        time.sleep(0.02)


@pytest.mark.parametrize("stalled", ["commits", "blobs"])
async def test_a_process_killed_in_the_middle_of_a_fetch_leaves_a_clone_that_works(
    cache: CloneCache, forge: Forge, origin: Place, stalled: str
) -> None:
    large = os.urandom(400_000)
    origin.git("checkout", "--quiet", "topic")
    if stalled == "blobs":
        origin.commit({"large.bin": large})
    else:
        origin.git("commit", "--quiet", "--allow-empty", "--file=-", stdin=large.hex().encode())
    origin.git("update-ref", PULL, "topic")
    forge.stall_after = 150_000
    victim = in_another_process(cache, forge)
    await asyncio.to_thread(wait_until, lambda: any(cache.directory.rglob("tmp_pack*")))
    assert list(cache.directory.rglob("unsettled/*"))
    victim.send_signal(signal.SIGKILL)
    await asyncio.to_thread(victim.communicate)
    forge.stall_after = None
    forge.released.set()
    assert (await review(cache, forge))["a.py"] == "modified"
    assert not list(cache.directory.rglob("tmp_pack*"))
    assert not list(cache.directory.rglob("unsettled/*"))


def test_a_clone_that_is_gone_has_nothing_to_settle(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "gone", remote("https://example.org/a"), Limits())
    assert not clone.is_ready
    assert not clone.is_unsettled


async def test_locks_that_a_killed_git_left_are_cleared(cache: CloneCache, forge: Forge) -> None:
    await review(cache, forge)
    (clone,) = (folder for folder in cache.directory.iterdir() if folder.is_dir())
    (clone / "refs/pull/7/head.lock").touch()
    (clone / "packed-refs.lock").touch()
    (clone / "objects/pack/pack-half.pack").touch()
    (clone.parent / f"{clone.name}.new-half").mkdir()
    (clone / "refs/pull/7/head").unlink()
    assert len(await review(cache, forge)) == 2
    assert sorted(path.suffix for path in cache.directory.iterdir()) == ["", ".lock"]


@pytest.mark.parametrize("kept", [40, 400])
async def test_a_damaged_clone_is_made_anew(cache: CloneCache, forge: Forge, kept: int) -> None:
    await review(cache, forge)
    for pack in cache.directory.rglob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:kept] + b"\0" * 40)
    # The damage may be seen only while reading, when it is too late for this review.
    with suppress(GitError, MissingBaseError):
        await review(cache, forge)
    assert len(await review(cache, forge)) == 2


async def test_damage_that_is_met_while_reading_is_remembered(cache: CloneCache, forge: Forge) -> None:
    await review(cache, forge)
    with pytest.raises(GitError):  # noqa: PT012 - the error must come out of the block, as it does in a review
        async with cache.repository(address(forge), fetch=[PULL]) as repository:
            for pack in cache.directory.rglob("*.pack"):
                pack.chmod(0o600)
                pack.write_bytes(pack.read_bytes()[:12] + b"\0" * 4000)
            await repository.tree(PULL).read(["a.py"])
    assert list(cache.directory.rglob("unsettled/damaged"))
    assert len(await review(cache, forge)) == 2
    assert not list(cache.directory.rglob("unsettled/damaged"))


async def test_a_clone_in_many_packs_becomes_one(cache: CloneCache, forge: Forge, origin: Place) -> None:
    tidy = CloneCache(cache.directory, CloneLimits(packs=3), allow_local=True)
    for number in range(3):
        origin.commit({"c.py": f"{number}\n"})
        await review(tidy, forge)
        async with tidy.repository(address(forge), fetch=[MAIN]) as repository:
            await repository.commit(MAIN)
    assert len(list(cache.directory.rglob("*.pack"))) <= 3
    assert len(await review(cache, forge)) == 2


async def test_a_clone_that_git_no_longer_knows_is_made_anew(cache: CloneCache, forge: Forge) -> None:
    await review(cache, forge)
    (clone,) = (folder for folder in cache.directory.iterdir() if folder.is_dir())
    (clone / "HEAD").write_text("nonsense")
    assert len(await review(cache, forge)) == 2


async def test_a_fetch_that_takes_too_long_is_stopped(cache: CloneCache, forge: Forge) -> None:
    forge.stall_after = 100
    hasty = CloneCache(cache.directory, CloneLimits(time=timedelta(seconds=1.5)), allow_local=True)
    with pytest.raises(GitTimeoutError):
        await review(hasty, forge)
    forge.stall_after = None
    forge.released.set()
    assert len(await review(cache, forge)) == 2


async def test_a_pack_over_the_cap_is_stopped(cache: CloneCache, forge: Forge, origin: Place) -> None:
    large = origin.commit({"large.bin": os.urandom(300_000)})
    small = CloneCache(cache.directory, CloneLimits(pack=100_000), allow_local=True)
    with pytest.raises(GitLimitError, match="larger than allowed"):
        async with small.repository(address(forge), fetch=[large]) as repository:
            await repository.commit(large)
    assert len(await review(cache, forge)) == 2


async def test_the_clone_that_was_not_used_for_longest_makes_room(
    cache: CloneCache, forge: Forge, tmp_path: Path
) -> None:
    for name in ("first.git", "second.git"):
        place = new_place(tmp_path / "forge" / name)
        place.commit({"large.bin": os.urandom(50_000)})
    roomy = CloneCache(cache.directory, CloneLimits(all=120_000), allow_local=True)

    async def read(name: str) -> None:
        async with roomy.repository(f"file://{tmp_path}/forge/{name}/.git", fetch=[MAIN]) as repository:
            await repository.tree(MAIN).read(["large.bin"])

    await read("first.git")
    (oldest,) = (folder for folder in cache.directory.iterdir() if folder.is_dir())
    await read("second.git")
    assert oldest.exists()
    tight = CloneCache(cache.directory, CloneLimits(all=1), allow_local=True)
    os.utime(oldest, (1, 1))
    async with roomy.repository(f"file://{tmp_path}/forge/second.git/.git", fetch=[]):
        async with tight.repository(f"file://{tmp_path}/forge/second.git/.git", fetch=[]):
            pass
        assert not oldest.exists()
        assert [folder.suffix for folder in cache.directory.iterdir() if folder.is_dir()] == [""]
