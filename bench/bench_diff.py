"""A large diff to values, beside unidiff and beside one plain pass over its lines."""

import gc
from collections.abc import Iterator
from pathlib import Path

from unidiff.patch import PatchSet

from bench import samples
from bench.rows import Row, seconds, side_by_side
from foureyes.diff.parse import parse_patch
from foureyes.kit import text

LINES = 118_000


def rows(folder: Path) -> Iterator[Row]:
    patch = samples.large_diff(folder / "large", LINES)
    half = patch[: patch.rindex(b"diff --git ", 0, len(patch) // 2)]
    decoded = text.decode(patch)
    lines = len(patch.splitlines())
    gc.collect()
    ours, less, floor, peer = side_by_side(
        lambda: seconds(lambda: parse_patch(patch)),
        lambda: seconds(lambda: parse_patch(half)),
        lambda: seconds(lambda: _plain_pass(patch)),
        lambda: seconds(lambda: PatchSet(decoded)),
        rounds=7,
    )
    change, theirs = parse_patch(patch), PatchSet(decoded)
    assert (change.added, change.removed) == (theirs.added, theirs.removed)
    yield Row(
        work=f"diff of {lines:,} lines -> values",
        unit="s",
        measured=ours,
        budget=0.2,
        floor=floor,
        floor_name="one pass over the lines",
        peer=peer,
        peer_name="unidiff",
        notes=(
            f"{len(change.files)} files, {change.added:,} added, {change.removed:,} removed, as unidiff counts them",
            f"{len(half) / len(patch):.2f} of its bytes take {less.median / ours.median:.2f} of the time",
        ),
    )


def _plain_pass(patch: bytes) -> int:
    """The least that any parser does: decode, split, and look at the first character of each line."""
    kinds = {"+": 0, "-": 0, " ": 0, "@": 0}
    for line in text.decode(patch).split("\n"):
        if line[:1] in kinds:
            kinds[line[0]] += 1
    return kinds["+"]
