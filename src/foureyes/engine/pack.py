"""The packing stage: hunks with what is needed to judge them, in pieces, and the pieces in units under a budget."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from foureyes.diff.values import Change
from foureyes.engine.bundle import bundle
from foureyes.engine.context import Surroundings, Wanted, look_around
from foureyes.engine.lay import Lay, breadth_for
from foureyes.engine.outline import outline_of
from foureyes.engine.paths import is_test
from foureyes.engine.pieces import Cutter, Studied, note_on
from foureyes.engine.relations import near_files
from foureyes.engine.risk import Assessment, changed_lines, depth_of, risk_of
from foureyes.engine.units import AskedFile, Piece, Unit, Unpackable
from foureyes.git.trees import Tree
from foureyes.kit.cpu import Cpu
from foureyes.llm.port import ModelTraits
from foureyes.llm.tokens import guessed

MOST_UNIT_TOKENS = 6_000
"""More at once makes models miss things, whatever their context takes."""

_LEAST_TOKENS = 700
"""With less room not even one long line of code would fit."""

_HEADING_TOKENS = 200
_RESERVE = 0.9
"""The share of a model's context that is planned with: tokens are only guessed here."""

_MOST_NAMES = 24
"""Names that one file may look for elsewhere."""

_MOST_CHANGED = 6
"""Symbols of one file whose callers and tests are looked for."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What is to be asked. Every hunk of every file is in a piece of `units` or in `unpackable`.

    `outline` is told with every unit. `budget` is what `bundle` takes to put some of the pieces together again.
    """

    units: tuple[Unit, ...]
    outline: str
    assessments: Mapping[str, Assessment]
    budget: int
    unpackable: tuple[Unpackable, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for unit in self.units for piece in unit.pieces)


def unit_budget(traits: ModelTraits, *, around: int, output: int) -> int:
    """Tokens that a unit's own content may have, given what else is in the prompt (`around`) and the answer."""
    return min(MOST_UNIT_TOKENS, int(traits.context_tokens * _RESERVE) - around - output)


async def pack(
    change: Change, files: Sequence[AskedFile], head: Tree, *, budget: int, cpu: Cpu | None = None
) -> Packed:
    """Units for the files that are to be asked about, at most `budget` tokens of content each (see `unit_budget`).

    `change` is the whole change, masked as the files are; `head` is searched and read once each.
    """
    cpu = cpu or Cpu()
    studied = await cpu.run(_studied, files)
    surroundings = await look_around([each.wanted for each in studied], head)
    return await cpu.run(_packed, change, studied, surroundings, budget)


def _studied(files: Sequence[AskedFile]) -> list[Studied]:
    lays = [Lay(file) for file in files]
    near = near_files({lay.path: lay.imports for lay in lays})
    return [_study(lay, near[lay.path]) for lay in lays]


def _packed(change: Change, studied: Sequence[Studied], surroundings: Surroundings, budget: int) -> Packed:
    breadth = breadth_for(sum(each.lay.asked.file.added + each.lay.asked.file.removed for each in studied))
    pieces: list[Piece] = []
    unpackable: list[Unpackable] = []
    for each in studied:
        room = budget - sum(map(guessed, each.lay.asked.instructions)) - _HEADING_TOKENS
        if room < _LEAST_TOKENS:
            unpackable += _too_large(each.lay.asked, budget)
        else:
            pieces += Cutter(each, surroundings, breadth, room).pieces()
    return Packed(
        units=bundle(pieces, budget),
        outline=outline_of(
            change, {each.lay.path: [symbol.qualified for symbol in each.lay.touched] for each in studied}
        ),
        assessments=_worst(pieces),
        budget=budget,
        unpackable=tuple(unpackable),
    )


def _study(lay: Lay, near: frozenset[str]) -> Studied:
    changed = changed_lines(lay.asked.file)
    names = [symbol.name for symbol in lay.touched]
    assessment = risk_of(lay.path, changed, symbols=names)
    own = {symbol.name for symbol in lay.symbols}
    used = lay.names_used([range(run.first, run.last + 1) for run in lay.runs if run.added])
    elsewhere = [name for name in used if name not in own]
    wanted = Wanted(
        path=lay.path,
        language=lay.asked.language,
        # What a test uses seldom decides whether it is wrong, and search and tokens are better spent elsewhere.
        names=() if is_test(lay.path) else tuple(elsewhere[:_MOST_NAMES]),
        changed=tuple(dict.fromkeys(names))[:_MOST_CHANGED] if depth_of(assessment.risk).callers else (),
        imports=lay.imports,
    )
    return Studied(lay, near, wanted, size=len(changed), note=note_on(lay.asked.file))


def _worst(pieces: Sequence[Piece]) -> dict[str, Assessment]:
    """For each file the risk of its riskiest piece."""
    by_risk = sorted(pieces, key=lambda piece: piece.risk.rank)
    return {piece.path: piece.assessment for piece in by_risk}


def _too_large(asked: AskedFile, budget: int) -> Iterator[Unpackable]:
    reason = f"the model leaves {max(0, budget):,} tokens for code and instructions, which is too little"
    return (Unpackable(asked.path, hunk, reason) for hunk in range(len(asked.file.hunks)))
