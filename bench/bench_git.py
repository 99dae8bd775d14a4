"""A warm fetch and read of a pull request through the clone cache, beside plain git commands and a full clone."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import samples
from bench.programs import git
from bench.rows import Row, seconds, side_by_side
from foureyes.diff.values import Change
from foureyes.git.clones import CloneCache

ROUNDS = 7
FILES, CHANGED = 300, 8


def rows(folder: Path) -> Iterator[Row]:
    origin = _origin(folder / "origin")
    mirror = folder / "mirror"
    git("init", "-q", "--bare", mirror, cwd=folder)
    cache = CloneCache(folder / "clones", allow_local=True)
    pulls = itertools.count()

    def ours(number: int) -> None:
        change = asyncio.run(_read(cache, origin, number))
        assert len(change.files) == CHANGED

    def floor(number: int) -> None:
        ref = f"refs/pull/{number}/head"
        git("fetch", "-q", origin, "+main:main", f"+{ref}:{ref}", cwd=mirror)
        git("diff", "main", ref, cwd=mirror)

    def peer(number: int) -> None:
        git("clone", "-q", origin.as_uri(), folder / "full", cwd=folder)
        git("fetch", "-q", "origin", f"refs/pull/{number}/head", cwd=folder / "full")
        git("diff", "origin/main", "FETCH_HEAD", cwd=folder / "full")
        shutil.rmtree(folder / "full")

    # Each measurement has a pull request of its own, so that there is something to fetch each time.
    measured, least, full = side_by_side(
        lambda: seconds(lambda: ours(next(pulls))),
        lambda: seconds(lambda: floor(next(pulls))),
        lambda: seconds(lambda: peer(next(pulls))),
        rounds=ROUNDS,
    )
    work = f"warm fetch and read of a pull request, {CHANGED} of {FILES} files"
    yield Row(work, "s", measured, 0.15, least, "git fetch and git diff", full, "a full clone")


async def _read(cache: CloneCache, origin: Path, number: int) -> Change:
    ref = f"refs/pull/{number}/head"
    async with cache.repository(origin.as_uri(), fetch=["refs/heads/main", ref]) as repository:
        change = await repository.change("refs/heads/main", ref)
        paths = [file.path for file in change.files]
        texts = await repository.tree(change.head).read(paths)
        assert sorted(texts) == sorted(paths)
        return change


def _origin(folder: Path) -> Path:
    """A repository with one pull request for each measurement, and the first round that is thrown away."""
    modules = [path for path in samples.library() if samples.lines_of(path) > 100][:FILES]
    sources = {f"lib/{number:03}_{path.name}": path.read_text("utf-8") for number, path in enumerate(modules)}
    names = sorted(sources)
    samples.repository(folder, [sources])
    for option in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git("config", option, "true", cwd=folder)
    for number in range(3 * (ROUNDS + 1)):
        git("switch", "-q", "--detach", "main", cwd=folder)
        for name in names[number : number + CHANGED]:
            (folder / name).write_text(samples.edited(sources[name], 40 + number), encoding="utf-8")
        git("commit", "-q", "-a", "-m", f"pull request {number}", cwd=folder)
        git("update-ref", f"refs/pull/{number}/head", "HEAD", cwd=folder)
    git("switch", "-q", "main", cwd=folder)
    return folder
