"""The planted repository of `tests/planted` as real files and a real git repository."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_FOLDER = Path(__file__).parent / "planted"
_LINE = re.compile(r"(?P<mark>[=+~-]|!(?P<number>\d\d)?) ?(?P<text>.*)")

_FILLED_IN = {
    "AWS_KEY": "AKIA" + "Z7VRSQ5TJN2XMPLW",
    "RLO": "\u202e",
    "LRI": "\u2066",
    "PDI": "\u2069",
}


class Version(StrEnum):
    BASE = "base"
    CHANGE = "change"
    CLEAN = "clean"


_HOLDS = {Version.BASE: "=-", Version.CHANGE: "=+!", Version.CLEAN: "=+~"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a planted problem is in the change; lines count from 1."""

    number: int
    path: str
    line: int


def files(version: Version) -> Mapping[str, str]:
    """The text of every file in one version, by its path."""
    return {path: "".join(f"{text}\n" for _, _, text in lines) for path, lines in _read(version).items()}


def problems() -> tuple[Problem, ...]:
    """All planted problems, by number."""
    found = [
        Problem(int(number), path, line)
        for path, lines in _read(Version.CHANGE).items()
        for line, (_, number, _) in enumerate(lines, 1)
        if number
    ]
    return tuple(sorted(found, key=lambda problem: problem.number))


def unchanged_lines() -> frozenset[tuple[str, int]]:
    """Path and line of everything in the change that was there before."""
    return frozenset(
        (path, line)
        for path, lines in _read(Version.CHANGE).items()
        for line, (mark, _, _) in enumerate(lines, 1)
        if mark == "="
    )


def build(where: Path) -> Path:
    """A repository with branches `base`, `change` and `clean`, each of the last two one commit behind the first."""
    where.mkdir(parents=True, exist_ok=True)
    _git(where, "init", "--quiet", "--initial-branch=base")
    for version in Version:
        _git(where, "checkout", "--quiet", "-B", version.value, *(["base"] if version is not Version.BASE else []))
        for path, text in files(version).items():
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_text(text, encoding="utf-8", newline="")
        _git(where, "add", "--all")
        _git(where, "commit", "--quiet", "--message", f"Archive, export and search orders ({version})")
    return where


def _read(version: Version) -> dict[str, list[tuple[str, str | None, str]]]:
    """Mark, number and text of each line that a version holds, by path."""
    read: dict[str, list[tuple[str, str | None, str]]] = {}
    for source in sorted(_FOLDER.rglob("*.planted")):
        marked = [_LINE.fullmatch(line) for line in source.read_text(encoding="utf-8").splitlines()]
        lines = [(match["mark"][0], match["number"], _filled(match["text"])) for match in marked if match]
        assert len(lines) == len(marked), f"{source}: a line without a mark"
        kept = [line for line in lines if line[0] in _HOLDS[version]]
        path = str(source.relative_to(_FOLDER)).removesuffix(".planted")
        if kept:
            read[path] = kept
    return read


def _filled(text: str) -> str:
    return re.sub("«([A-Z_]+)»", lambda match: _FILLED_IN[match[1]], text)


def _git(where: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(where), *arguments], check=True, capture_output=True)
