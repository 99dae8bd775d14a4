"""Contents of blobs, many in one call of `git cat-file --batch`."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

from foureyes.errors import MissingBaseError
from foureyes.git.door import Git

# One call's answer must stay under the door's cap on output, whatever the sizes of the blobs.
_BATCH = 32 << 20
_OVERHEAD = 200


Bring = Callable[[Collection[str]], Awaitable[None]]
"""Brings blobs that a partial clone lacks, all in one call."""


async def sizes(git: Git, blobs: Collection[str]) -> dict[str, int | None]:
    """The size in bytes of each of `blobs`; None for one that is not here."""
    if not blobs:
        return {}
    listing = await git.text("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=_lines(blobs))
    rows = (line.split(" ") for line in listing.split("\n"))
    return {blob: None if size == "missing" else int(size) for blob, size in rows}


async def have(git: Git, blobs: Collection[str], bring: Bring | None) -> dict[str, int]:
    """The sizes of `blobs`, after those that are missing were brought.

    Raises:
        MissingBaseError: the clone is partial, and nobody brings what it lacks.
    """
    known = await sizes(git, blobs)
    missing = [blob for blob, size in known.items() if size is None]
    if missing and bring is not None:
        await bring(missing)
        known |= await sizes(git, missing)
    present = {blob: size for blob, size in known.items() if size is not None}
    if len(present) < len(known):
        raise MissingBaseError(f"blob {next(blob for blob in known if blob not in present)}", partial=True)
    return present


async def read(git: Git, blobs: Collection[str], *, largest: int, bring: Bring | None = None) -> dict[str, bytes]:
    """The contents of those of `blobs` that hold at most `largest` bytes. Raises as `have` does."""
    known = {blob: size for blob, size in (await have(git, blobs, bring)).items() if size <= largest}
    contents: dict[str, bytes] = {}
    for batch in _batches(known):
        room = sum(known[blob] + _OVERHEAD for blob in batch)
        output = await git.within(output=room).run("cat-file", "--batch", stdin=_lines(batch))
        contents.update(_contents(output))
    return contents


def _lines(blobs: Collection[str]) -> bytes:
    return "".join(f"{blob}\n" for blob in blobs).encode()


def _batches(known: dict[str, int]) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    total = 0
    for blob, size in known.items():
        if batch and total + size > _BATCH:
            yield batch
            batch, total = [], 0
        batch.append(blob)
        total += size
    if batch:
        yield batch


def _contents(output: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        blob, _, size = output[at:end].split(b" ")
        at = end + 1 + int(size)
        yield blob.decode(), output[end + 1 : at]
        at += 1
