"""What is known about the architecture of a repository; each statement has the file and line that it rests on."""

from dataclasses import dataclass, field

from foureyes.engine.values import Notice
from foureyes.llm.port import Usage


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a line of it, counted from 1."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Dependency:
    """One import that stays inside: `target` is a file, or a folder where the language imports whole folders.

    `holds`: a module says which modules are parts of it (Rust's `mod x;`), which makes no cycle with what these use.
    """

    source: Place
    target: str
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A folder with its code, as one node of the graph. A trailing `/*` means the files of the folder itself only.

    `uses` and `used_by` count rooms. Instability is uses / (uses + used_by) (Martin): 0 is hard to change, 1 easy.
    `floor` counts from 0, the rooms that use no other.
    """

    name: str
    files: int
    lines: int
    complexity: int
    uses: int
    used_by: int
    floor: int

    @property
    def instability(self) -> float | None:
        """None for a room that neither uses another nor is used."""
        return round(self.uses / (self.uses + self.used_by), 2) if self.uses + self.used_by else None


@dataclass(frozen=True, slots=True)
class Arrow:
    """One room uses another, by `count` imports; a few of them as evidence. `up`: against the floors."""

    source: str
    target: str
    count: int
    evidence: tuple[Place, ...]
    up: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """Files, or rooms, that all reach each other; `path` is a shortest way round, each step with its import."""

    members: tuple[str, ...]
    path: tuple[Dependency, ...]


@dataclass(frozen=True, slots=True)
class HotFunction:
    """A function with many branches; `complexity` is cyclomatic."""

    place: Place
    name: str
    lines: int
    complexity: int


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A file that is both changed often and hard to change; `score` is commits times branches."""

    path: str
    commits: int
    complexity: int
    lines: int

    @property
    def score(self) -> int:
        return self.commits * self.complexity


@dataclass(frozen=True, slots=True)
class LargeFile:
    path: str
    lines: int


@dataclass(frozen=True, slots=True)
class Observation:
    """What a model says about the structure. Only those citations remain that exist."""

    title: str
    explanation: str
    citations: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A repository as a graph of rooms. Lists are ranked, the worst first, and cut to what a person reads."""

    files: int
    lines: int
    languages: dict[str, int]
    """Lines of code by language, the most first."""
    rooms: tuple[Room, ...]
    arrows: tuple[Arrow, ...]
    file_cycles: tuple[Cycle, ...]
    room_cycles: tuple[Cycle, ...]
    hot_functions: tuple[HotFunction, ...]
    hotspots: tuple[Hotspot, ...]
    large_files: tuple[LargeFile, ...]
    imports: int
    imports_inside: int
    commits: int | None = None
    """How many commits the churn was counted over; None without a history."""
    notices: tuple[Notice, ...] = ()
    observations: tuple[Observation, ...] = ()
    model: str | None = None
    usage: Usage = field(default_factory=Usage)

    @property
    def floors(self) -> tuple[tuple[str, ...], ...]:
        """Names of the rooms on each floor, the top floor first."""
        height = max((room.floor for room in self.rooms), default=-1)
        return tuple(tuple(room.name for room in self.rooms if room.floor == floor) for floor in range(height, -1, -1))

    @property
    def arrows_up(self) -> tuple[Arrow, ...]:
        """The arrows that run back up: what would have to go for the floors to hold."""
        return tuple(arrow for arrow in self.arrows if arrow.up)
