"""The arrows of a repository: imports resolved to files, collected between files and between rooms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.graph import Graph, components, way_round
from foureyes.engine.architecture.resolvers.port import Index
from foureyes.engine.architecture.resolvers.registry import resolvers
from foureyes.engine.architecture.values import Cycle, Dependency, Place

_EVIDENCE = 3


def dependencies(files: Sequence[FileFacts], manifests: Mapping[str, bytes]) -> list[Dependency]:
    """Every import that stays inside of the repository, in the order of files and lines."""
    index = Index(files)
    readers = resolvers(index, manifests)
    return [
        Dependency(Place(facts.path, used.line), target, holds=_holds(facts, used))
        for facts in files
        if facts.language in readers
        for used in facts.imports
        for target in readers[facts.language].targets(facts, used)
        # Rust's `use self::` and Python's `__init__` name their own file: an arrow to itself would be a cycle of one.
        if target != facts.path
    ]


def _holds(facts: FileFacts, used: Import) -> bool:
    # `mod x;` is read as `self::x` without names; a `use self::x::Y` has some.
    return facts.language is Language.RUST and used.module.startswith("self::") and not used.names


@dataclass(frozen=True, slots=True)
class Links:
    """A graph with the imports behind each of its arrows."""

    graph: Graph
    behind: Mapping[tuple[str, str], Sequence[Dependency]]

    def evidence(self, source: str, target: str) -> tuple[Place, ...]:
        """A few of the imports behind an arrow, from different files as far as there are."""
        places = [each.source for each in self.behind[source, target]]
        # Three imports of one file say less than imports of three files.
        first = {place.path: place for place in reversed(places)}
        return (*reversed(first.values()), *(place for place in places if place != first[place.path]))[:_EVIDENCE]

    def cycles(self) -> tuple[Cycle, ...]:
        """Parts of the graph that reach each other, the largest first."""
        parts = [part for part in components(self.graph) if len(part) > 1]
        return tuple(self._cycle(part) for part in sorted(parts, key=lambda part: (-len(part), part)))

    def _cycle(self, part: Sequence[str]) -> Cycle:
        way = way_round(self.graph, part)
        steps = zip(way, [*way[1:], way[0]], strict=True)
        return Cycle(tuple(part), tuple(self.behind[step][0] for step in steps))


def links(nodes: Iterable[str], found: Iterable[tuple[str, str, Dependency]]) -> Links:
    """The graph of these nodes and of arrows from node to node with the import behind each; none to itself."""
    behind: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for source, target, dependency in found:
        if source != target:
            behind[source, target].append(dependency)
    graph: dict[str, dict[str, int]] = {node: {} for node in nodes}
    for (source, target), dependencies_behind in behind.items():
        graph[source][target] = len(dependencies_behind)
    return Links(graph, behind)


def between_files(files: Sequence[FileFacts], found: Iterable[Dependency]) -> Links:
    """The graph of files as cycles are looked for in it: imports of whole folders have no place there."""
    paths = {facts.path for facts in files}
    found = [each for each in found if not each.holds]
    return links(sorted(paths), ((each.source.path, each.target, each) for each in found if each.target in paths))


def between_rooms(room_of: Mapping[str, str], found: Iterable[Dependency]) -> Links:
    """The graph of rooms, given the room of each file."""
    folders = {path.rpartition("/")[0]: room for path, room in room_of.items()}
    return links(sorted(set(room_of.values())), _between(room_of, folders, found))


def _between(
    room_of: Mapping[str, str], folders: Mapping[str, str], found: Iterable[Dependency]
) -> Iterator[tuple[str, str, Dependency]]:
    for each in found:
        # Go and Java import folders; all files of a folder are in one room.
        target = room_of.get(each.target) or folders.get(each.target)
        if target:
            yield room_of[each.source.path], target, each
