"""The code around a place, as the verifier sees it: imports, enclosing symbol, numbered lines, the change marked."""

from collections.abc import Iterable, Sequence

from foureyes.code.languages import Language
from foureyes.code.syntax import Syntax

_MOST_LINES = 140
_MARGIN = 30
_MOST_IMPORT_LINES = 25
# A minified line would fill the verifier's prompt by itself.
_LONGEST_LINE = 400


def code_around(
    lines: Sequence[str], start: int, end: int, *, added: frozenset[int], language: Language | None = None
) -> str:
    """Numbered lines of the head version around `start` to `end`; lines of `added` bear a plus, gaps an ellipsis."""
    syntax = Syntax.parse("\n".join(lines), language) if language is not None else None
    window = _window(syntax, start, end, len(lines))
    shown = sorted({*_imports(syntax, before=window.start), *window})
    return "\n".join(_printed(shown, lines, added))


def _window(syntax: Syntax | None, start: int, end: int, count: int) -> range:
    """The largest enclosing symbol that is not too long, with a margin; else the margin alone."""
    first, last = max(1, start - _MARGIN), min(count, end + _MARGIN)
    for symbol in syntax.enclosing_chain(start) if syntax is not None else ():
        # The first that is short enough: what stands further along shows less of what surrounds the place.
        if symbol.end_line - symbol.start_line < _MOST_LINES:
            first, last = min(first, symbol.start_line), max(last, symbol.end_line)
            break
    return range(max(first, start - _MOST_LINES), min(last, end + _MOST_LINES, start + 2 * _MOST_LINES) + 1)


def _imports(syntax: Syntax | None, *, before: int) -> Iterable[int]:
    if syntax is None:
        return ()
    return [one.line for one in syntax.imports if one.line < before][:_MOST_IMPORT_LINES]


def _printed(shown: Sequence[int], lines: Sequence[str], added: frozenset[int]) -> Iterable[str]:
    previous = 0
    for number in shown:
        if number != previous + 1:
            yield "      ..."
        previous = number
        text = lines[number - 1]
        cut = text if len(text) <= _LONGEST_LINE else text[:_LONGEST_LINE] + " [line cut]"
        yield f"{'+' if number in added else ' '}{number:>5} | {cut}"
