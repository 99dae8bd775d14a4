"""`git diff --raw -z`: the list of changed files with names as they are, modes and blobs; and the patch behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from foureyes.kit.text import decode


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One changed file. `letter` is git's: A, C, D, M, R, T, or U for an unmerged one. A blob of None is not known."""

    letter: str
    path: str
    old_path: str | None
    old_mode: str | None
    new_mode: str | None
    old_blob: str | None
    new_blob: str | None


def split_raw(output: bytes) -> tuple[Sequence[RawEntry], bytes]:
    """The entries of `git diff --raw -z --patch`, and the patch: an empty field stands between them."""
    entries: list[RawEntry] = []
    at = 0
    while output[at : at + 1] == b":":
        facts, at = _field(output, at)
        first, at = _field(output, at)
        old_mode, new_mode, old_blob, new_blob, status = facts[1:].split(" ")
        second = None
        if status[0] in "CR":
            second, at = _field(output, at)
        entries.append(
            RawEntry(
                status[0],
                first if second is None else second,
                None if second is None else first,
                *(None if not fact.strip("0") else fact for fact in (old_mode, new_mode, old_blob, new_blob)),
            )
        )
    return entries, output[at:].removeprefix(b"\0")


def _field(output: bytes, at: int) -> tuple[str, int]:
    end = output.index(b"\0", at)
    return decode(output[at:end]), end + 1
