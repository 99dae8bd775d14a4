"""Search in a tree: git names the files that hold a word, then their lines are read here, within limits.

git's own output of lines is not used: one match in a minified file can be a line of many megabytes.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from foureyes.git.door import Git, failure
from foureyes.git.trees import Match
from foureyes.kit.text import decode, encode

_FILES_AT_ONCE = 50
_OPTIONS = ("-l", "-z", "-w", "-F", "-I", "--no-color", "--no-textconv", "--no-recurse-submodules", "-f", "-")


class _Readable(Protocol):
    async def read(self, paths: Iterable[str]) -> dict[str, bytes]: ...


async def search(
    tree: _Readable, git: Git, words: Iterable[str], *, where: Sequence[str], limit: int, prefix: str = ""
) -> list[Match]:
    """Lines of `tree` with one of `words` as a whole word. `where` tells git grep which version that is."""
    wanted = [word for word in dict.fromkeys(words) if word and not set(word) & {"\n", "\0"}]
    if not wanted:
        return []
    # Options come before the revision in `where`: behind it they would be taken for paths.
    arguments = ("grep", *_OPTIONS, *where)
    done = await git.call(*arguments, stdin=encode("\n".join(wanted)))
    if done.code > 1:
        raise failure(arguments, done)
    names = (decode(name).removeprefix(prefix) for name in done.stdout.split(b"\0") if name)
    return await _matches(tree, sorted(names), _pattern(wanted), limit)


async def _matches(tree: _Readable, paths: Sequence[str], pattern: re.Pattern[str], limit: int) -> list[Match]:
    found: list[Match] = []
    for start in range(0, len(paths), _FILES_AT_ONCE):
        batch = paths[start : start + _FILES_AT_ONCE]
        contents = await tree.read(batch)
        for path in batch:
            found += _matches_in(path, contents.get(path, b""), pattern, limit - len(found))
            if len(found) >= limit:
                return found
    return found


def _matches_in(path: str, content: bytes, pattern: re.Pattern[str], limit: int) -> list[Match]:
    found: list[Match] = []
    for number, line in enumerate(decode(content).split("\n"), 1):
        if len(found) >= limit:
            break
        if pattern.search(line):
            found.append(Match(path, number, line))
    return found


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")
