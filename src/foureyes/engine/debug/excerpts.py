"""The code around frames as a model may see it: whole functions where they fit, numbered lines, secrets masked."""

from collections.abc import Iterable, Mapping, Sequence

from foureyes.engine.debug.locate import Source
from foureyes.engine.debug.values import FoundFrame
from foureyes.kit.text import shortened

# Models see what is wrong with a line mostly within a screen of it; what is farther off costs tokens for little.
_AROUND = 12
_LONGEST_SYMBOL = 120
_LONGEST_LINE = 300
# A gap of so few lines costs more to mark than to show.
_BESIDE = 3
_GAP = "      ..."


def excerpts(frames: Sequence[FoundFrame], sources: Mapping[str, Source], *, room: int) -> str:
    """The files of frames, in the order of the frames, up to about `room` characters."""
    wanted: dict[str, set[int]] = {}
    written: dict[str, str] = {}
    for frame in frames:
        lines = wanted.setdefault(frame.path, set())
        before = set(lines)
        lines |= _lines_around(frame, sources[frame.path])
        text = _excerpt(sources[frame.path], lines, {each.line for each in frames if each.path == frame.path})
        others = sum(len(each) for path, each in written.items() if path != frame.path)
        # Frames come in the order of interest: what does not fit any more is of the least.
        if others + len(text) > room and written:
            wanted[frame.path] = before
            continue
        written[frame.path] = text
    return "\n\n".join(written.values())


def _lines_around(frame: FoundFrame, source: Source) -> set[int]:
    """The function around a frame and the outlines of what is around that; a window where it is too long."""
    count = source.text.count("\n") + 1
    window = set(range(max(1, frame.line - _AROUND), min(count, frame.line + _AROUND) + 1))
    chain = source.syntax.enclosing_chain(frame.line) if source.syntax else ()
    if not chain:
        return window
    innermost = chain[-1]
    short = innermost.end_line - innermost.start_line < _LONGEST_SYMBOL
    held = set(range(innermost.start_line, innermost.end_line + 1)) if short else window
    heads = {line for symbol in chain for line in range(symbol.start_line, min(symbol.line + 1, symbol.end_line) + 1)}
    return held | {line for line in heads if line <= count} | _imports(source)


def _imports(source: Source) -> set[int]:
    return {used.line for used in source.syntax.imports[:_AROUND]} if source.syntax else set()


def _excerpt(source: Source, wanted: Iterable[int], frames: set[int]) -> str:
    """Lines with their numbers; those that the trace names are marked."""
    rows = [f"=== {source.path}"]
    lines = source.lines
    last = 0
    for number in sorted(wanted):
        if number > last + 1 and last + _BESIDE >= number:
            rows += [_row(between, lines, frames) for between in range(last + 1, number)]
        elif number > last + 1:
            rows.append(_GAP)
        rows.append(_row(number, lines, frames))
        last = number
    if last < len(lines):
        rows.append(_GAP)
    return "\n".join(rows)


def _row(number: int, lines: Sequence[str], frames: set[int]) -> str:
    mark = ">" if number in frames else " "
    return f"{mark}{number:5} | {shortened(lines[number - 1], _LONGEST_LINE)}"
