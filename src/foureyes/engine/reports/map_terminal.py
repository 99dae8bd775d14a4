"""A map of a repository in the terminal: one sentence first, then floors, what runs against them, where it hurts."""

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from foureyes.engine.architecture.values import Architecture, Arrow, Cycle, Place, Room
from foureyes.engine.reports.lines import NARROWEST, paragraphs, safe, wrapped
from foureyes.engine.reports.summary import listed, money
from foureyes.kit.text import counted

MOST_ROWS = 8
_EVIDENCE = 3
_ARROW = "\N{RIGHTWARDS ARROW}"


def show_map(console: Console, architecture: Architecture) -> None:
    """Print the map, no wider than the terminal."""
    width = max(console.width, NARROWEST)
    for line in _lines(architecture, width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def write_map_terminal(architecture: Architecture) -> str:
    """What `show_map` prints, as plain text."""
    into = io.StringIO()
    show_map(Console(file=into, width=80, color_system=None), architecture)
    return into.getvalue()


def headline(architecture: Architecture) -> str:
    """The one sentence about a map."""
    if not architecture.files:
        return "There is no code here to map."
    floors = f"{counted(len(architecture.rooms), 'room')} on {counted(len(architecture.floors), 'floor')}"
    up, cycles = len(architecture.arrows_up), len(architecture.file_cycles)
    if not up and not cycles:
        return f"{floors}, and no import runs back up."
    return f"{floors}; {counted(up, 'arrow')} between rooms back up, {counted(cycles, 'cycle')} of files."


def size(architecture: Architecture) -> str:
    """How much there is, and in which languages."""
    languages = [f"{name} {lines:,}" for name, lines in architecture.languages.items()]
    count = f"{counted(architecture.files, 'file')}, {counted(architecture.lines, 'line')}"
    return f"{count}: {listed(languages, 5)}" if languages else count


def went_round(cycle: Cycle) -> str:
    """The way round a cycle, from its first file back to it."""
    return f" {_ARROW} ".join([*(step.source.path for step in cycle.path), cycle.path[-1].target])


def at(places: Sequence[Place]) -> str:
    """A few places as evidence."""
    return listed([f"{place.path}:{place.line}" for place in places[:_EVIDENCE]], _EVIDENCE)


def model_line(architecture: Architecture) -> str:
    """Which model judged the structure and what that cost; or that none did."""
    # Asked and failed is not the same as not asked: who paid for a judgement must see that there is none.
    if any(notice.code == "model" for notice in architecture.notices):
        return "The model gave no answer: this is what the imports say."
    if architecture.model is None:
        return "No model was asked: this is what the imports say."
    return f"{architecture.model} · {money(architecture.usage.cost)}"


def _lines(architecture: Architecture, width: int) -> Iterator[Text]:
    healthy = not architecture.arrows_up and not architecture.file_cycles
    mark = ("\N{CHECK MARK} ", "bold green") if healthy else ("\N{BLACK DIAMOND} ", "bold yellow")
    yield from wrapped(Text(headline(architecture), mark[1]), width=width, first=Text(*mark), rest=Text("  "))
    yield from _row(size(architecture), width, style="dim")
    if not architecture.files:
        return
    # All floors are shown: the picture is of no use with some of them missing.
    floors = [_floor(architecture, names) for names in architecture.floors]
    yield from _section("Floors, the top first", floors, width, most=len(floors))
    yield from _section("Imports that run back up", [_arrow(arrow) for arrow in architecture.arrows_up], width)
    yield from _section("Cycles of files", [_cycle(cycle) for cycle in architecture.file_cycles], width)
    for title, rows in _hard_places(architecture):
        yield from _section(title, rows, width)
    for remark in architecture.observations:
        yield from _section(safe(remark.title), [*paragraphs(remark.explanation), f"See {at(remark.citations)}"], width)
    yield Text()
    for notice in architecture.notices:
        yield from _labelled("Notice", notice.text, width)
    yield from _labelled("Model", model_line(architecture), width)


def _hard_places(architecture: Architecture) -> Iterator[tuple[str, list[str]]]:
    commits = f" in {counted(architecture.commits, 'commit')}" if architecture.commits is not None else ""
    yield (
        f"Hotspots: full of branches, and changed often{commits}",
        [f"{spot.path}  {spot.commits} \N{MULTIPLICATION SIGN} {spot.complexity}" for spot in architecture.hotspots],
    )
    yield (
        "Functions with the most branches",
        [
            f"{hot.place.path}:{hot.place.line} {hot.name}  {hot.complexity} in {counted(hot.lines, 'line')}"
            for hot in architecture.hot_functions
        ],
    )
    yield "Large files", [f"{file.path}  {counted(file.lines, 'line')}" for file in architecture.large_files]


def _floor(architecture: Architecture, names: Sequence[str]) -> str:
    rooms = {room.name: room for room in architecture.rooms}
    return " · ".join(_room(rooms[name]) for name in names)


def _room(room: Room) -> str:
    return f"{room.name} {room.lines:,}"


def _arrow(arrow: Arrow) -> str:
    return f"{arrow.source} {_ARROW} {arrow.target}  {counted(arrow.count, 'import')}: {at(arrow.evidence)}"


def _cycle(cycle: Cycle) -> str:
    return f"{went_round(cycle)}  {at([step.source for step in cycle.path])}"


def _section(title: str, rows: Sequence[str], width: int, *, most: int = MOST_ROWS) -> Iterator[Text]:
    if not rows:
        return
    yield Text()
    yield from wrapped(Text(title, "bold"), width=width, first=Text(), rest=Text())
    for row in rows[:most]:
        yield from _row(row, width)
    if len(rows) > most:
        yield from _row(f"and {len(rows) - most} more in --format json", width, style="dim")


def _row(text: str, width: int, style: str = "") -> Iterator[Text]:
    return wrapped(Text(safe(text), style), width=width, first=Text("  "), rest=Text("    "))


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    return wrapped(Text(safe(text)), width=width, first=Text(f"{label:<11}", "dim"), rest=Text(" " * 11))
