"""The map of a repository: read, linked, laid out in rooms and floors, ranked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from foureyes.engine.architecture.churn import Churn
from foureyes.engine.architecture.facts import BRANCHED, FileFacts
from foureyes.engine.architecture.graph import backward, components, floors
from foureyes.engine.architecture.judge import judge
from foureyes.engine.architecture.links import Links, between_files, between_rooms, dependencies
from foureyes.engine.architecture.rooms import room_of_files
from foureyes.engine.architecture.scan import Scan, scan
from foureyes.engine.architecture.values import (
    Architecture,
    Arrow,
    HotFunction,
    Hotspot,
    LargeFile,
    Place,
    Room,
)
from foureyes.engine.values import Notice
from foureyes.git.trees import Tree
from foureyes.kit.cpu import Cpu
from foureyes.kit.text import counted
from foureyes.llm.port import Asker

_SHOWN = 20
_LARGE_FILE = 500
"""Lines above which a file is worth a word (STYLE of most houses: 400 to 700)."""


async def map_repository(
    tree: Tree,
    *,
    churn: Churn | None = None,
    asker: Asker | None = None,
    language: str = "English",
    most_rooms: int = 24,
    cpu: Cpu | None = None,
) -> Architecture:
    """The architecture of a version of a repository; with an asker also what a model says of it, in `language`.

    Time is linear in what is read. Where the model fails, the map says so in a notice.
    """
    cpu = cpu or Cpu()
    read = await scan(tree, cpu=cpu)
    measured = await cpu.run(_measured, read, churn, most_rooms)
    if asker is None or not read.files:
        return measured
    return await judge(measured, {facts.path: facts.lines for facts in read.files}, asker, language=language)


def _measured(read: Scan, churn: Churn | None, most_rooms: int) -> Architecture:
    found = dependencies(read.files, read.manifests)
    room_of = room_of_files({facts.path: facts.lines for facts in read.files}, most=most_rooms)
    rooms = between_rooms(room_of, found)
    against = _against(rooms)
    return Architecture(
        files=len(read.files),
        lines=sum(facts.lines for facts in read.files),
        languages=_languages(read.files),
        rooms=_rooms(read.files, room_of, rooms, against),
        arrows=_arrows(rooms, against),
        file_cycles=between_files(read.files, found).cycles(),
        room_cycles=rooms.cycles(),
        hot_functions=_hot_functions(read.files),
        hotspots=_hotspots(read.files, churn) if churn else (),
        large_files=_large_files(read.files),
        imports=sum(len(facts.imports) for facts in read.files),
        # An import of a folder or of several names may lead to several files, and is one import still.
        imports_inside=len({each.source for each in found}),
        commits=churn.commits if churn else None,
        notices=_notices(read),
    )


def _against(rooms: Links) -> set[tuple[str, str]]:
    # Only inside of a part that reaches itself can an arrow run back up.
    parts = [part for part in components(rooms.graph) if len(part) > 1]
    return {arrow for part in parts for arrow in backward(rooms.graph, part)}


def _languages(files: Sequence[FileFacts]) -> dict[str, int]:
    lines: Counter[str] = Counter()
    for facts in files:
        lines[facts.language] += facts.lines
    return {str(language): count for language, count in lines.most_common()}


def _rooms(
    files: Sequence[FileFacts], room_of: Mapping[str, str], rooms: Links, against: Collection[tuple[str, str]]
) -> tuple[Room, ...]:
    """Rooms from the top floor down, the largest of a floor first."""
    on_floor = floors(rooms.graph, set(against))
    used_by = Counter(target for targets in rooms.graph.values() for target in targets)
    sizes: dict[str, list[FileFacts]] = {name: [] for name in rooms.graph}
    for facts in files:
        sizes[room_of[facts.path]].append(facts)
    made = (
        Room(
            name=name,
            files=len(held),
            lines=sum(facts.lines for facts in held),
            complexity=sum(facts.complexity for facts in held),
            uses=len(rooms.graph[name]),
            used_by=used_by[name],
            floor=on_floor[name],
        )
        for name, held in sizes.items()
    )
    return tuple(sorted(made, key=lambda room: (-room.floor, -room.lines, room.name)))


def _arrows(rooms: Links, against: Collection[tuple[str, str]]) -> tuple[Arrow, ...]:
    """Arrows that run back up first, then those with the most imports."""
    made = (
        Arrow(source, target, count, rooms.evidence(source, target), up=(source, target) in against)
        for source, targets in rooms.graph.items()
        for target, count in targets.items()
    )
    return tuple(sorted(made, key=lambda arrow: (not arrow.up, -arrow.count, arrow.source, arrow.target)))


def _hot_functions(files: Sequence[FileFacts]) -> tuple[HotFunction, ...]:
    hot = [
        HotFunction(Place(facts.path, each.line), each.name, each.end_line - each.line + 1, each.complexity)
        for facts in files
        for each in facts.functions
    ]
    return tuple(sorted(hot, key=lambda each: (-each.complexity, each.place.path, each.place.line))[:_SHOWN])


def _hotspots(files: Sequence[FileFacts], churn: Churn) -> tuple[Hotspot, ...]:
    """Files that are changed often and have many branches. Once is not often, and few branches are not hard."""
    # Tornhill, "Your Code as a Crime Scene": change and complexity together tell where work is slow.
    spots = [
        Hotspot(facts.path, churn.by_path[facts.path], facts.complexity, facts.lines)
        for facts in files
        if churn.by_path.get(facts.path, 0) > 1 and facts.complexity > BRANCHED
    ]
    return tuple(sorted(spots, key=lambda spot: (-spot.score, spot.path))[:_SHOWN])


def _large_files(files: Sequence[FileFacts]) -> tuple[LargeFile, ...]:
    large = [LargeFile(facts.path, facts.lines) for facts in files if facts.lines > _LARGE_FILE]
    return tuple(sorted(large, key=lambda each: (-each.lines, each.path))[:_SHOWN])


def _notices(read: Scan) -> tuple[Notice, ...]:
    unparsed = [facts.path for facts in read.files if not facts.parsed]
    notices = []
    if read.lost:
        notices.append(Notice("lost", f"{counted(len(read.lost), 'file')} could not be read: left out."))
    if unparsed:
        told = f"{counted(len(unparsed), 'file')} could not be parsed (too large, or no grammar): only sizes are known."
        notices.append(Notice("unparsed", told, unparsed[0]))
    if read.aside:
        told = f"{counted(read.aside, 'file')} vendored or generated: left out."
        notices.append(Notice("aside", told))
    return tuple(notices)
