"""A map as Markdown: for a wiki, a pull request, a page of the docs."""

from collections.abc import Iterator, Sequence

from foureyes.engine.architecture.values import Architecture, HotFunction
from foureyes.engine.reports.inert import code, fence, inert
from foureyes.engine.reports.map_graph import write_mermaid
from foureyes.engine.reports.map_terminal import at, headline, model_line, size, went_round
from foureyes.kit.text import counted


def write_map_markdown(architecture: Architecture) -> str:
    """The map, with its picture in Mermaid, which forges draw."""
    return "\n".join(_lines(architecture)) + "\n"


def _lines(architecture: Architecture) -> Iterator[str]:
    yield f"**{inert(headline(architecture))}**"
    yield ""
    yield f"It has {inert(size(architecture))}."
    if architecture.rooms:
        yield ""
        yield from fence(write_mermaid(architecture).splitlines(), "mermaid")
    up = [
        f"{code(arrow.source)} uses {code(arrow.target)}, {counted(arrow.count, 'import')}: {inert(at(arrow.evidence))}"
        for arrow in architecture.arrows_up
    ]
    yield from _section("Imports that run back up", up)
    yield from _section("Cycles of files", [code(went_round(cycle)) for cycle in architecture.file_cycles])
    hotspots = [
        f"{code(spot.path)}: {counted(spot.commits, 'commit')}, {counted(spot.complexity, 'branch', 'branches')}"
        for spot in architecture.hotspots
    ]
    yield from _section("Hotspots: changed often and full of branches", hotspots)
    yield from _section("Functions with the most branches", [_function(hot) for hot in architecture.hot_functions])
    large = [f"{code(file.path)}: {counted(file.lines, 'line')}" for file in architecture.large_files]
    yield from _section("Large files", large)
    for remark in architecture.observations:
        yield from ("", f"#### Observed: {inert(remark.title)}", "")
        # Our words first: a paragraph that began with a model's could begin a list, a heading or a command.
        yield f"It is said: {inert(remark.explanation)} See {inert(at(remark.citations))}."
    yield ""
    yield from (f"- Notice: {inert(notice.text)}" for notice in architecture.notices)
    yield f"- Model: {inert(model_line(architecture))}"


def _function(hot: HotFunction) -> str:
    place = code(f"{hot.place.path}:{hot.place.line}")
    return f"{place} {code(hot.name)}: {hot.complexity} in {counted(hot.lines, 'line')}"


def _section(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield from ("", f"#### {title}", "", *(f"- {row}" for row in rows))
