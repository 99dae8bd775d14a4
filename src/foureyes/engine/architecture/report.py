"""The JSON form of a map, `foureyes.architecture/1`. Fields are added, never renamed or removed, within a version."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from foureyes import __version__
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.reports.document import NoticePart, Text, UsagePart


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class PlacePart(_Part):
    path: Text
    line: int


class RoomPart(_Part):
    """A folder; `floor` counts from 0, `instability` is uses / (uses + used_by), null where it has neither."""

    name: Text
    files: int
    lines: int
    complexity: int
    uses: int
    used_by: int
    floor: int
    instability: float | None


class ArrowPart(_Part):
    """`count` imports from one room into another, some of them as evidence; `up` where it runs against the floors."""

    source: Text
    target: Text
    count: int
    evidence: tuple[PlacePart, ...]
    up: bool


class DependencyPart(_Part):
    source: PlacePart
    target: Text


class CyclePart(_Part):
    """Files or rooms that all reach each other, and a short way round."""

    members: tuple[Text, ...]
    path: tuple[DependencyPart, ...]


class HotFunctionPart(_Part):
    place: PlacePart
    name: Text
    lines: int
    complexity: int


class HotspotPart(_Part):
    """A file that changes often and has many branches; `score` is commits times complexity."""

    path: Text
    commits: int
    complexity: int
    lines: int
    score: int


class LargeFilePart(_Part):
    path: Text
    lines: int


class ObservationPart(_Part):
    """What the model said; every citation exists."""

    title: Text
    explanation: Text
    citations: tuple[PlacePart, ...]


class ArchitectureDocument(_Part):
    """A map, `foureyes.architecture/1`. Lists are ranked, the worst first."""

    schema_name: Literal["foureyes.architecture/1"] = Field("foureyes.architecture/1", alias="schema")
    foureyes: Text = __version__
    files: int
    lines: int
    languages: dict[str, int]
    imports: int
    imports_inside: int
    commits: int | None
    floors: tuple[tuple[Text, ...], ...]
    rooms: tuple[RoomPart, ...]
    arrows: tuple[ArrowPart, ...]
    room_cycles: tuple[CyclePart, ...]
    file_cycles: tuple[CyclePart, ...]
    hotspots: tuple[HotspotPart, ...]
    hot_functions: tuple[HotFunctionPart, ...]
    large_files: tuple[LargeFilePart, ...]
    observations: tuple[ObservationPart, ...]
    model: Text | None
    usage: UsagePart
    notices: tuple[NoticePart, ...]


def architecture_report(architecture: Architecture) -> dict[str, JsonValue]:
    """A map as JSON values, ready to be written; `architecture_schema` describes them."""
    return ArchitectureDocument.model_validate(architecture).model_dump(mode="json", by_alias=True)


def architecture_schema() -> dict[str, JsonValue]:
    """The JSON schema of the form."""
    schema = ArchitectureDocument.model_json_schema(by_alias=True, mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:foureyes:architecture:1"}
    return head | schema
