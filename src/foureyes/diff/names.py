"""File names as patches write them: quoted in C's style, behind a prefix, before a time stamp."""

import re

from foureyes.kit import text

NOWHERE = "/dev/null"

_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_NAMED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Patches of `diff -u ../old/x ../new/x` or of absolute names are about files of the tree they will be read against.
_CLIMB = re.compile(r"\A(?:\.{0,2}/)+")
_MUST_BE_QUOTED = re.compile(r'[\x00-\x1f\x7f"\\]')
_WRITTEN = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}

# A line of a patch is as long as its author likes; trying each space of it would take quadratic time.
_MOST_SPLITS = 100


def unquoted(name: str) -> str:
    """The name itself, where it is written in double quotes with C's escapes (octal ones stand for bytes)."""
    match = _QUOTED.fullmatch(name)
    if match is None:
        return name
    return text.decode(_ESCAPE.sub(_unescaped, text.encode(match[1])))


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if len(code) == 3:
        return bytes([int(code, 8)])
    return _NAMED.get(code, code)


def quoted(name: str) -> str:
    """The name as git writes it with `core.quotePath=false`: in quotes only where a patch would break without."""
    if not _MUST_BE_QUOTED.search(name):
        return name
    return (
        '"'
        + _MUST_BE_QUOTED.sub(lambda match: f"\\{_WRITTEN.get(match[0]) or format(ord(match[0]), '03o')}", name)
        + '"'
    )


def field(line: str) -> str:
    """The name in what follows `--- ` or `+++ `: up to the tab before a time stamp, or wholly, where it is quoted."""
    match = _QUOTED.match(line)
    return unquoted(match[0]) if match else line.partition("\t")[0]


def header_pair(rest: str) -> tuple[str, str] | None:
    """Both names of a `diff --git` line, prefixes included; None where unquoted spaces leave it open.

    Without quotes, only the split in the middle is sure: there, both are the same name under prefixes of one length.
    """
    match = _QUOTED.match(rest)
    if match and rest[match.end() : match.end() + 1] == " ":
        return unquoted(match[0]), unquoted(rest[match.end() + 1 :])
    left, quote, right = rest.partition(' "')
    if quote:
        return left, unquoted('"' + right)
    # With one space there is only one way to read it; with more, git's own format is ambiguous.
    if rest.count(" ") == 1:
        left, _, right = rest.partition(" ")
        return left, right
    middle = len(rest) // 2
    left, right = rest[:middle], rest[middle + 1 :]
    return (left, right) if rest[middle : middle + 1] == " " and common(left, right) is not None else None


def likely_pair(rest: str, separator: str) -> tuple[str, str]:
    """Two names with `separator` between: split where both are one name under two prefixes, else at the first one."""
    parts = rest.split(separator, _MOST_SPLITS)
    for at in range(1, len(parts)):
        left, right = separator.join(parts[:at]), separator.join(parts[at:])
        if common(unquoted(left), unquoted(right)) is not None:
            return unquoted(left), unquoted(right)
    return unquoted(parts[0]), unquoted(separator.join(parts[1:]))


def common(old: str, new: str) -> str | None:
    """The one name that both are, as they stand (`--no-prefix`) or less their first parts; None where they differ."""
    if old == new:
        return old
    bare = without_prefix(old)
    return bare if bare and bare == without_prefix(new) else None


def without_prefix(name: str) -> str:
    """The name less its first part: `a/`, `b/`, mnemonic `i/` and `w/`, or whatever the patch's author chose."""
    return name.partition("/")[2].lstrip("/")


def plain_pair(old: str, new: str) -> tuple[str, str]:
    """Both names less their prefixes, as far as a patch without git's header tells; `/dev/null` stays."""
    if NOWHERE in (old, new):
        return old.removeprefix("a/"), new.removeprefix("b/")
    shared = common(old, new)
    if shared is not None:
        return shared, shared
    # Two files compared with each other: only git's own prefixes are sure to be none of their names.
    if old.startswith("a/") and new.startswith("b/"):
        return old[2:], new[2:]
    return old, new


def inside(name: str) -> str | None:
    """The name relative to the top of the tree; None where it is empty, holds NUL or leads out of the tree."""
    relative = _CLIMB.sub("", name)
    if not relative or "\0" in relative or ".." in relative.split("/"):
        return None
    return relative
