"""Paths and lines as reports write them, made into those of the repository."""

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from foureyes.kit.severity import Category

_MOST_LINES = 10_000_000


def path_of(written: str, root: Path | None) -> str:
    """A path of the repository, with `/`: file addresses and absolute paths lose `root` in front of them."""
    text = written.replace("\\", "/")
    if text.startswith("file:"):
        text = urlsplit(text).path
    for base in (root, root.resolve()) if root else ():
        if PurePosixPath(text).is_relative_to(base.as_posix()):
            return PurePosixPath(text).relative_to(base.as_posix()).as_posix()
    return PurePosixPath(text.removeprefix("./")).as_posix()


def line_of(written: int | None) -> int:
    """A line that can be: reports count from 1, and write 0 or nothing for a whole file."""
    return min(max(written or 1, 1), _MOST_LINES)


def link(written: str | None) -> str | None:
    """An address that may be shown as a link."""
    return written if written and written.startswith(("https://", "http://")) and len(written) < 500 else None


def category_of(words: str) -> Category:
    """What kind of harm a rule is about, by its tags or its name."""
    lower = words.lower()
    for category, stems in _STEMS.items():
        if any(stem in lower for stem in stems):
            return category
    return Category.BUG


_STEMS = {
    Category.SECURITY: ("security", "cwe-", "vulnerab", "owasp", "injection"),
    Category.PERFORMANCE: ("performance",),
    Category.CONCURRENCY: ("concurren", "thread", "race"),
    Category.MAINTAINABILITY: ("maintainab", "style", "complexity", "convention", "readab", "naming", "format"),
    Category.DEPENDENCY: ("dependenc",),
}
