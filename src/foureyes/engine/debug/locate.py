"""Frames placed in the files of the repository: which file, which line now, inside of which function."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from foureyes.code.languages import Language, language_of
from foureyes.code.syntax import Syntax
from foureyes.engine.debug.resolve import Files
from foureyes.engine.debug.values import FoundFrame, Frame, LostFrame, StackTrace
from foureyes.engine.masking import shown
from foureyes.git.trees import Tree
from foureyes.kit.text import decode

# Forty files hold every frame of an honest trace; a made-up one could name the whole repository.
_MOST_FILES = 40
_FIRST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """A file that frames are in. `masked` may be shown, `text` may not; both have the same lines."""

    path: str
    text: str
    masked: str
    language: Language | None
    syntax: Syntax | None
    lines: tuple[str, ...]
    """The masked text, line by line."""


@dataclass(frozen=True, slots=True)
class Located:
    frames: tuple[FoundFrame, ...]
    lost: tuple[LostFrame, ...]
    sources: Mapping[str, Source]


async def locate(traces: Sequence[StackTrace], tree: Tree) -> Located:
    """Find the frames of all traces in a tree. The innermost of the last error comes first."""
    files = Files(await tree.paths())
    asked = [
        (number, frame, *files.candidates(frame, trace.runtime))
        for number, trace in enumerate(traces)
        for frame in trace.frames
    ]
    wanted = list(dict.fromkeys(path for _, _, candidates, _ in asked for path in candidates))[:_MOST_FILES]
    sources = await read_sources(wanted, tree)
    found: list[FoundFrame] = []
    lost: list[LostFrame] = []
    for number, frame, candidates, reason in asked:
        placed = [place for path in candidates if path in sources for place in _placed(frame, sources[path], number)]
        # Of several files with that name, the one that holds the quoted line is meant.
        best = [place for place in placed if not place.stale] or placed
        if len(best) == 1:
            found.append(best[0])
        else:
            lost.append(LostFrame(frame, f"{len(best)} files fit equally well" if best else reason))
    return Located(tuple(_ranked(found)), tuple(lost), {path: sources[path] for path in _paths(found)})


async def read_sources(paths: Iterable[str], tree: Tree) -> dict[str, Source]:
    """Files ready to be looked at and to be shown."""
    contents = await tree.read(paths)
    return {path: _source(path, content) for path, content in contents.items()}


def _source(path: str, content: bytes) -> Source:
    text = decode(content)
    language = language_of(path, content[:_FIRST_BYTES])
    masked = shown(text)
    return Source(path, text, masked, language, Syntax.parse(text, language), tuple(masked.split("\n")))


def _placed(frame: Frame, source: Source, trace: int) -> Iterator[FoundFrame]:
    """The frame in a file, on the line that it quotes; nothing where the file is too short for it."""
    lines = source.lines
    line, stale = frame.line, False
    if frame.quoted:
        same = [number for number, text in enumerate(lines, 1) if text.strip() == frame.quoted]
        stale = not same
        # The same line may stand in several places: the code moved, and mostly not far.
        line = min(same, key=lambda number: abs(number - frame.line)) if same else frame.line
    if 0 < line <= len(lines):
        symbol = source.syntax.enclosing(line) if source.syntax else None
        yield FoundFrame(source.path, line, frame, trace, symbol.qualified if symbol else "", stale)


def _ranked(found: Sequence[FoundFrame]) -> list[FoundFrame]:
    """Without repeats, those of the last trace first: it is the one that ended the program."""
    first = {(frame.path, frame.line): frame for frame in reversed(found)}
    return sorted((frame for frame in found if first[frame.path, frame.line] is frame), key=lambda frame: -frame.trace)


def _paths(found: Iterable[FoundFrame]) -> set[str]:
    return {frame.path for frame in found}
