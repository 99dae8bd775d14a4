"""Cutting one file into pieces: numbered lines, and beside them what fits of definitions, callers and tests."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from foureyes.analyzers.port import Diagnostic
from foureyes.code.symbols import Symbol
from foureyes.diff.values import FileChange, FileStatus, LineKind
from foureyes.engine.context import Surroundings, Wanted, excerpt
from foureyes.engine.lay import Breadth, Lay
from foureyes.engine.masking import shown
from foureyes.engine.outline import outline_of_file
from foureyes.engine.risk import Assessment, depth_of, risk_of
from foureyes.engine.rows import BESIDE, Row, blocks, chunks, header_rows, near_changes, rows_of
from foureyes.engine.units import Excerpt, Piece, keyed
from foureyes.kit.text import printable, shortened

_MOST_EXCERPTS = 10
_LEAST_EXCERPT = 30
_LONGEST_SAID = 200


@dataclass(frozen=True, slots=True)
class Studied:
    """One file with all that is known of it before the repository is asked."""

    lay: Lay
    near: frozenset[str]
    wanted: Wanted
    size: int
    """How many of its lines changed."""
    note: str
    """What numbered lines do not show."""


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts one file into as many pieces as it needs for `room` tokens each."""

    studied: Studied
    surroundings: Surroundings
    breadth: Breadth
    room: int

    def pieces(self) -> Iterator[Piece]:
        lay = self.studied.lay
        rows = rows_of(lay.asked.file, lay.lines, lay.beside(self.breadth))
        rows = near_changes(rows, self.breadth.context)
        changed = {row.hunk for row in rows if row.sign != " "}
        parts = [
            part
            for part in chunks(rows, int(self.room * (1 - self.breadth.excerpts)), lay.starts)
            if any(row.sign != " " or (row.hunk != BESIDE and row.hunk not in changed) for row in part)
        ]
        for number, part in enumerate(parts, 1):
            yield self._piece(part, f"part {number} of {len(parts)}" if len(parts) > 1 else "")

    def _piece(self, part: Sequence[Row], counted: str) -> Piece:
        studied, lay = self.studied, self.studied.lay
        printed = {row.place for row in part if row.sign != "-"}
        first, last = part[0].place, part[-1].place
        touched = [symbol for symbol in lay.touched if symbol.start_line <= last and symbol.end_line >= first]
        assessment = self._assessed(part, touched)
        opening = header_rows(set(lay.headers(part[0].place)) - printed, lay.lines)
        code = sum(row.tokens for row in part)
        # Short pieces may have some definitions too, but never more than there is room for.
        allowed = min(self.room - code, max(self.breadth.least_excerpts, self.breadth.excerpts * code))
        used = self._excerpts({row.place for row in part if row.sign == "+"}, printed)
        users = self._users(touched) if depth_of(assessment.risk).callers else ()
        excerpts = tuple(_fitting(chain(users, used), int(allowed)))
        return keyed(
            lay.path,
            hunks=tuple(sorted({row.hunk for row in part} - {BESIDE})),
            lines=range(first, part[-1].after),
            heading=self._heading(counted),
            blocks=blocks([*opening, *part], lay.families),
            assessment=assessment,
            excerpts=excerpts,
            instructions=lay.asked.instructions,
            analysers_said=tuple(_said(each) for each in lay.asked.diagnostics if _about(each, printed)),
            near=studied.near,
            context=(*(f"symbol {each.qualified}" for each in touched), *(each.label for each in excerpts)),
        )

    def _heading(self, counted: str) -> str:
        lay, file = self.studied.lay, self.studied.lay.asked.file
        moved = file.old_path is not None and file.old_path != file.path
        status = f"{file.status} from {printable(file.old_path or '')}" if moved else str(file.status)
        facts = ", ".join(fact for fact in (status, counted, self.studied.note) if fact)
        heading = f"=== {printable(lay.path)} ({facts}) ==="
        told = self.breadth.outline if file.status is not FileStatus.ADDED else 0
        symbols = outline_of_file(lay.symbols, told) if told else ""
        return f"{heading}\n{symbols}" if symbols else heading

    def _assessed(self, part: Sequence[Row], touched: Sequence[Symbol]) -> Assessment:
        changed = [row.text for row in part if row.sign != " "]
        names = [symbol.name for symbol in touched]
        return risk_of(self.studied.lay.path, changed, symbols=names, size=self.studied.size)

    def _users(self, touched: Sequence[Symbol]) -> Iterator[Excerpt | None]:
        """Who calls and who tests what is changed."""
        path = self.studied.lay.path
        for symbol in touched:
            if symbol.name in self.studied.wanted.changed:
                yield self.surroundings.callers(symbol.name, path)
                yield self.surroundings.tests(symbol.name, path)

    def _excerpts(self, added: Set[int], printed: Set[int]) -> Iterator[Excerpt | None]:
        """Definitions of what added lines use, in this file or elsewhere."""
        lay = self.studied.lay
        # `const { a } = require("a")` looks like a definition of the name, but says nothing about it.
        imported = {each.line for each in lay.imports}
        own = {symbol.name: symbol for symbol in reversed(lay.symbols) if symbol.line not in imported}
        for name in lay.names_used(_spans(added)):
            definition = own.get(name)
            if definition is None:
                yield self.surroundings.definition(name, self.studied.wanted)
            elif definition.line not in printed:
                yield excerpt(lay.path, lay.lines, definition.line, lay.asked.language)


def _spans(numbers: Set[int]) -> list[range]:
    """Runs of numbers that follow each other."""
    spans: list[range] = []
    for number in sorted(numbers):
        if spans and spans[-1].stop == number:
            spans[-1] = range(spans[-1].start, number + 1)
        else:
            spans.append(range(number, number + 1))
    return spans


def _fitting(excerpts: Iterable[Excerpt | None], room: int) -> Iterator[Excerpt]:
    """The first of them that fit, each place once, the last one perhaps cut."""
    seen: set[str] = set()
    for each in excerpts:
        if room < _LEAST_EXCERPT or len(seen) == _MOST_EXCERPTS:
            return
        if each is not None and each.label not in seen:
            seen.add(each.label)
            fitting = each.shortened(room)
            room -= fitting.tokens
            yield fitting


def note_on(file: FileChange) -> str:
    """A word about carriage returns, which numbered lines do not show, where they came or went."""
    lines = [line for hunk in file.hunks for line in hunk.lines]
    before = {line.text.endswith("\r") for line in lines if line.kind is LineKind.REMOVED}
    after = {line.text.endswith("\r") for line in lines if line.kind is LineKind.ADDED}
    # With nothing on one side there is nothing to compare; new files may have any line endings.
    if not before or not after or before == after:
        return ""
    return "line endings changed"


def _about(diagnostic: Diagnostic, printed: Set[int]) -> bool:
    return not printed.isdisjoint(range(diagnostic.start_line, diagnostic.end_line + 1))


def _said(diagnostic: Diagnostic) -> str:
    place = f"{printable(diagnostic.path)}:{diagnostic.start_line}"
    return shortened(f"{place} {diagnostic.tool}:{diagnostic.rule} {shown(diagnostic.message)}", _LONGEST_SAID)
