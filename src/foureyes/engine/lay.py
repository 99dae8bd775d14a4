"""The lay of one changed file: its symbols, which of them the change touches, and what is shown around the hunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from foureyes.code.imports import Import
from foureyes.code.symbols import Symbol
from foureyes.code.syntax import Syntax
from foureyes.diff.hunks import first_lines
from foureyes.diff.values import FileStatus, Hunk, LineKind
from foureyes.engine.units import AskedFile


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much is shown beside the hunks. Less for larger changes, so that the prompts grow no faster than they.

    Of what a hunk says about unchanged lines, `context` lines around each change are shown, and of each touched symbol
    its `header` lines. A symbol of at most `whole` lines is shown whole, of a longer one `margin` lines around each
    change, as far as that costs at most `least` tokens and `share` of what the file's hunks cost. Definitions may
    take `excerpts` of a piece, or `least_excerpts` tokens. `outline` tokens tell what else is in the file.
    """

    context: int
    header: int
    whole: int
    margin: int
    least: int
    share: float
    excerpts: float
    least_excerpts: int
    outline: int


_SMALL = Breadth(
    context=3, header=3, whole=80, margin=12, least=700, share=1.0, excerpts=0.25, least_excerpts=300, outline=150
)
_MEDIUM = Breadth(
    context=3, header=2, whole=50, margin=6, least=100, share=0.5, excerpts=0.25, least_excerpts=250, outline=50
)
_LARGE = Breadth(
    context=1, header=1, whole=15, margin=2, least=0, share=0.05, excerpts=0.08, least_excerpts=30, outline=0
)


def breadth_for(changed_lines: int) -> Breadth:
    """The breadth for a change with so many added and removed lines.

    There are three, and nothing in between: a piece must not change because another file of the change grew by a
    line, or no answer would be found again.
    """
    if changed_lines <= 200:
        return _SMALL
    return _MEDIUM if changed_lines <= 1_500 else _LARGE


@dataclass(frozen=True, slots=True)
class Run:
    """Changed lines that follow each other; `first` and `last` count in the new file. Nothing added: `added` is 0."""

    first: int
    last: int
    added: int


class Lay:
    """One file with its tree, where it has one. What is asked for is computed once."""

    def __init__(self, asked: AskedFile) -> None:
        self.asked = asked
        self.lines: Sequence[str] = asked.text.split("\n")
        self.syntax = None if asked.partial else Syntax.parse(asked.text, asked.language)
        self.symbols: tuple[Symbol, ...] = self.syntax.symbols if self.syntax else ()

    @property
    def path(self) -> str:
        return self.asked.path

    @property
    def imports(self) -> tuple[Import, ...]:
        return self.syntax.imports if self.syntax else ()

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        return tuple(run for hunk in self.asked.file.hunks for run in _runs(hunk))

    @cached_property
    def touched(self) -> tuple[Symbol, ...]:
        """The innermost symbols that changed lines are in, in the order of the lines."""
        lines = (line for run in self.runs for line in range(run.first, run.last + 1))
        return tuple(dict.fromkeys(self._innermost[line] for line in lines if line in self._innermost))

    @cached_property
    def _innermost(self) -> dict[int, Symbol]:
        found: dict[int, Symbol] = {}
        for symbol in self.symbols:
            found.update(dict.fromkeys(range(symbol.start_line, symbol.end_line + 1), symbol))
        return found

    @cached_property
    def families(self) -> dict[int, int]:
        """For each line in a symbol, the first line of the outermost one."""
        found: dict[int, int] = {}
        for symbol in reversed(self.symbols):
            found.update(dict.fromkeys(range(symbol.start_line, symbol.end_line + 1), symbol.start_line))
        return found

    @cached_property
    def starts(self) -> dict[int, int]:
        """For each line that a symbol starts on, 0 where none is around it, else 1."""
        return {
            symbol.start_line: int(self.families[symbol.start_line] != symbol.start_line) for symbol in self.symbols
        }

    def names_used(self, spans: Sequence[range]) -> tuple[str, ...]:
        """Names that these lines use and something elsewhere may define; what is called first, then types.

        Left out is what is neither called nor imported nor written large: such names are too common to tell much.
        """
        if self.syntax is None:
            return ()
        called: set[str] = set()
        used: dict[str, None] = {}
        for span in self._without_imports(spans):
            called.update(self.syntax.called_names(span.start, span.stop - 1))
            used.update(dict.fromkeys(self.syntax.names_used(span.start, span.stop - 1)))
        known = {name for each in self.imports for name in each.names} | {symbol.name for symbol in self.symbols}
        telling = [name for name in used if name in called or name in known or name[:1].isupper()]
        return tuple(sorted(telling, key=lambda name: (name not in called, not name[:1].isupper())))

    def _without_imports(self, spans: Sequence[range]) -> Iterator[range]:
        """Parts of the lines: an import names much that the change does not use."""
        imported = {line for each in self.imports for line in range(each.line, each.end_line + 1)}
        for span in spans:
            for importing, lines in groupby(span, key=imported.__contains__):
                if not importing:
                    rest = list(lines)
                    yield range(rest[0], rest[-1] + 1)

    def headers(self, line: int) -> list[int]:
        """The lines that open the symbols around a line, from outside inwards; not the line's own."""
        if self.syntax is None:
            return []
        return [symbol.line for symbol in self.syntax.enclosing_chain(line) if symbol.line < line]

    def beside(self, breadth: Breadth) -> set[int]:
        """Lines of the new file to show beside the hunks: the touched symbols (C1), as far as there is room."""
        if self.asked.file.status is FileStatus.ADDED or not self.symbols:
            return set()
        # Two sevenths of a token for each character is what `llm.tokens.guessed` counts with.
        room = breadth.least + breadth.share * sum(
            len(line.text) * 2 / 7 for hunk in self.asked.file.hunks for line in hunk.lines
        )
        known = {line.new for hunk in self.asked.file.hunks for line in hunk.lines}
        shown = {line for symbol in self.touched for line in self._header(symbol, breadth.header)}
        # The smallest wish first: many small functions shown whole tell more than half of a long one.
        for wish in sorted(self._wishes(breadth), key=len):
            more = wish - shown - known
            room -= sum(len(self.lines[number - 1]) + 9 for number in more if number <= len(self.lines)) * 2 / 7
            if room < 0:
                break
            shown |= more
        return shown

    def _header(self, symbol: Symbol, lines: int) -> list[int]:
        """The first lines of a symbol, and those that open what it is in."""
        return [*self.headers(symbol.line), *range(symbol.line, min(symbol.line + lines - 1, symbol.end_line) + 1)]

    def _wishes(self, breadth: Breadth) -> Iterator[set[int]]:
        """Sets of lines, each of which is worth showing as a whole."""
        for symbol in self.touched:
            if symbol.end_line - symbol.start_line < breadth.whole:
                yield set(range(symbol.start_line, symbol.end_line + 1))
        for run in self.runs:
            around = self._innermost.get(run.first)
            if around and around.end_line - around.start_line >= breadth.whole:
                first = max(around.start_line, run.first - breadth.margin)
                yield set(range(first, min(around.end_line, run.last + breadth.margin) + 1))


def _runs(hunk: Hunk) -> Iterator[Run]:
    place = first_lines(hunk)[1]
    for changed, group in groupby(hunk.lines, key=lambda line: line.kind is not LineKind.CONTEXT):
        lines = list(group)
        added = sum(line.new is not None for line in lines)
        if changed:
            # Where lines were only removed, the line before tells which symbol they were in.
            first = place if added else max(1, place - 1)
            yield Run(first, max(first, place + added - 1), added)
        place += added
