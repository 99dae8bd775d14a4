"""Folders as rooms: the largest are opened first, until there are as many as a person can take in at a glance."""

import heapq
import posixpath
from collections import defaultdict
from collections.abc import Mapping

OWN = "/*"
"""What follows the name of a folder where only its own files are meant."""

ROOT = "."


def room_of_files(sizes: Mapping[str, int], *, most: int = 24) -> dict[str, str]:
    """The room of each file, given lines by path. Folders are opened, the largest first, up to about `most` rooms."""
    tree = _Folders(sizes)
    rooms = {ROOT}
    waiting = [(-tree.size[ROOT], ROOT)]
    while waiting:
        _, folder = heapq.heappop(waiting)
        inner = tree.inner[folder]
        # The first folder is always opened, however many are in it: one room would be no map.
        # A folder that would burst the number is passed over, and smaller ones still get their chance.
        if not inner or (len(rooms) + len(inner) > most and len(rooms) > 1):
            continue
        rooms.remove(folder)
        rooms |= inner | ({folder + OWN} if tree.own[folder] else set())
        for each in inner:
            heapq.heappush(waiting, (-tree.size[each], each))
    return {path: _room(path, rooms) for path in sizes}


class _Folders:
    """For each folder its lines, the folders in it, and whether files are in it directly."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.size: dict[str, int] = defaultdict(int)
        self.inner: dict[str, set[str]] = defaultdict(set)
        self.own: dict[str, bool] = defaultdict(bool)
        for path, lines in sizes.items():
            folder = posixpath.dirname(path) or ROOT
            self.own[folder] = True
            self.size[folder] += lines
            while folder != ROOT:
                outer = posixpath.dirname(folder) or ROOT
                self.inner[outer].add(folder)
                self.size[outer] += lines
                folder = outer


def _room(path: str, rooms: set[str]) -> str:
    folder = posixpath.dirname(path) or ROOT
    if folder + OWN in rooms:
        return folder + OWN
    while folder not in rooms:
        folder = posixpath.dirname(folder) or ROOT
    return folder
