"""A model's word on the structure: it sees the measurements, and what it cites must exist."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel, Field

from foureyes.engine.architecture.values import Architecture, Arrow, Cycle, Observation, Place
from foureyes.engine.prompts import architecture as words
from foureyes.engine.values import Notice
from foureyes.errors import ModelError
from foureyes.kit.text import counted, printable, shortened
from foureyes.llm.port import Ask, Asker, Purpose

# Together some thousand tokens: enough to see the shape, and within reach of small models.
_MOST_ROOMS = 60
_MOST_ARROWS = 120
_MOST_CYCLES = 12


class Citation(BaseModel):
    """A file of the repository, and the line of it that shows the point, where one was given."""

    path: str
    line: int = 1


class StructuralRemark(BaseModel):
    """One observation."""

    title: str = Field(max_length=200)
    explanation: str = Field(max_length=2000)
    citations: list[Citation] = Field(max_length=20)


class StructuralJudgement(BaseModel):
    """What a model has to say about the structure of a repository."""

    observations: list[StructuralRemark] = Field(max_length=12)


async def judge(architecture: Architecture, lines: Mapping[str, int], asker: Asker, *, language: str) -> Architecture:
    """The map with a model's observations on it. `lines` are the lines of every file: citations are checked there.

    Where the model gives no answer the map stays as it is, with a notice that says why.
    """
    ask = Ask(
        purpose=Purpose.ARCHITECTURE,
        prompt_version=words.PROMPT_VERSION,
        system=words.system(language=language),
        prompt=words.prompt("\n".join(measurements(architecture))),
        max_output_tokens=2_000,
    )
    try:
        answer = await asker.ask(ask, StructuralJudgement)
    except ModelError as error:
        return replace(architecture, notices=(*architecture.notices, Notice("model", str(error))))
    kept = [remark for each in answer.output.observations if (remark := _checked(each, lines))]
    dropped = len(answer.output.observations) - len(kept)
    told = f"{counted(dropped, 'observation')} of the model cited no file of this repository: dropped."
    return replace(
        architecture,
        observations=tuple(kept),
        model=answer.model,
        usage=answer.usage,
        notices=(*architecture.notices, *([Notice("uncited", told)] if dropped else [])),
    )


def _checked(remark: StructuralRemark, lines: Mapping[str, int]) -> Observation | None:
    """The remark with those of its citations that exist; None where none does."""
    places = [
        Place(cited.path, cited.line)
        for cited in remark.citations
        # An empty file has a first line in every editor: a citation of it holds.
        if cited.path in lines and 1 <= cited.line <= max(1, lines[cited.path])
    ]
    if not places:
        return None
    return Observation(
        shortened(printable(remark.title), 120), remark.explanation.strip(), tuple(dict.fromkeys(places))
    )


def measurements(architecture: Architecture) -> Iterator[str]:
    """What the model is shown: names and numbers, one fact a line."""
    languages = ", ".join(f"{name} {lines}" for name, lines in architecture.languages.items())
    yield f"{architecture.files} files, {architecture.lines} lines ({languages})"
    yield f"{architecture.imports_inside} of {architecture.imports} imports stay inside"
    yield "\nRooms (floor, files, lines, branches, uses, used by):"
    for room in architecture.rooms[:_MOST_ROOMS]:
        numbers = (room.floor, room.files, room.lines, room.complexity, room.uses, room.used_by)
        yield f"{printable(room.name)}: {' '.join(map(str, numbers))}"
    yield "\nImports between rooms (against the floors first):"
    yield from map(_arrow, architecture.arrows[:_MOST_ARROWS])
    yield from _cycles("Rooms that reach each other", architecture.room_cycles)
    yield from _cycles("Files that reach each other", architecture.file_cycles)
    yield "\nChanged often and with many branches (commits, branches, lines):"
    for spot in architecture.hotspots:
        yield f"{printable(spot.path)}: {spot.commits} {spot.complexity} {spot.lines}"
    yield "\nFunctions with many branches:"
    for hot in architecture.hot_functions:
        yield f"{_shown(hot.place)} {printable(hot.name)}: {hot.complexity} branches, {hot.lines} lines"
    yield "\nLarge files:"
    for large in architecture.large_files:
        yield f"{printable(large.path)}: {large.lines} lines"


def _arrow(arrow: Arrow) -> str:
    up = " AGAINST THE FLOORS" if arrow.up else ""
    evidence = ", ".join(map(_shown, arrow.evidence))
    return f"{printable(arrow.source)} -> {printable(arrow.target)}: {arrow.count}{up} ({evidence})"


def _cycles(title: str, cycles: Iterable[Cycle]) -> Iterator[str]:
    yield f"\n{title}:"
    for cycle in list(cycles)[:_MOST_CYCLES]:
        way = " -> ".join(f"{_shown(step.source)} imports {printable(step.target)}" for step in cycle.path)
        yield f"{counted(len(cycle.members), 'member')}, one way round: {way}"


def _shown(place: Place) -> str:
    return f"{printable(place.path)}:{place.line}"
