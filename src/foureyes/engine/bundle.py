"""Related pieces together in one unit, until it is full. The same pieces always give the same units."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from foureyes.engine.risk import depth_of
from foureyes.engine.units import Piece, Unit

_OPEN = 8
"""How many groups are looked at for room: more would put together what has nothing to do with each other."""


def bundle(pieces: Iterable[Piece], budget: int) -> tuple[Unit, ...]:
    """Units of at most `budget` tokens of content, or of one piece where that is larger.

    Pieces that are looked at equally often come together, those of one file in their order, then those of files that
    have to do with each other, then those of one folder.
    """
    by_depth: dict[int, list[Piece]] = {}
    for piece in pieces:
        by_depth.setdefault(depth_of(piece.risk).passes, []).append(piece)
    return tuple(
        Unit.of(group) for _, alike in sorted(by_depth.items()) for group in _filled(_by_relation(alike), budget)
    )


def _filled(pieces: Iterable[Piece], budget: int) -> list[list[Piece]]:
    """Each piece in the latest group that has room for it: related pieces meet, and no group is left half empty."""
    groups: list[list[Piece]] = []
    left: list[int] = []
    for piece in pieces:
        latest = range(len(groups) - 1, max(-1, len(groups) - 1 - _OPEN), -1)
        index = next((each for each in latest if left[each] >= piece.tokens), None)
        if index is None:
            groups.append([])
            left.append(budget)
            index = len(groups) - 1
        groups[index].append(piece)
        left[index] -= piece.tokens
    return groups


def _by_relation(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """File after file by path, but what a file has to do with right after it, and so on."""
    by_path: dict[str, list[Piece]] = {}
    # The key breaks ties: units must not hang on the order in which files were given.
    for piece in sorted(pieces, key=lambda each: (each.path, each.lines.start, each.key)):
        by_path.setdefault(piece.path, []).append(piece)
    waiting = dict.fromkeys(by_path)
    while waiting:
        queue = deque([next(iter(waiting))])
        while queue:
            path = queue.popleft()
            if path in waiting:
                del waiting[path]
                yield from by_path[path]
                related = frozenset[str]().union(*(piece.near for piece in by_path[path]))
                queue.extend(sorted(related & waiting.keys()))
