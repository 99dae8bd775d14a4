"""The JSON form of a diagnosis, `foureyes.debug/1`. Fields are added, never renamed or removed, within a version."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from foureyes import __version__
from foureyes.engine.debug.values import Diagnosis, Runtime
from foureyes.engine.reports.document import NoticePart, SuggestionPart, Text, UsagePart


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class FramePart(_Part):
    """A place as the error prints it."""

    path: Text
    line: int
    column: int | None
    function: Text
    quoted: Text


class TracePart(_Part):
    runtime: Runtime
    error: Text
    message: Text
    frames: tuple[FramePart, ...]


class FoundFramePart(_Part):
    """A frame in the repository; `stale` where the printed line is not in the file any more."""

    path: Text
    line: int
    symbol: Text
    stale: bool
    trace: int
    frame: FramePart


class LostFramePart(_Part):
    frame: FramePart
    reason: Text


class HintPart(_Part):
    """A true statement that needs no model; `source` is `error`, or an analyser's `tool:rule`."""

    text: Text
    source: Text
    path: Text | None
    line: int | None


class EvidencePart(_Part):
    path: Text
    start_line: int
    end_line: int
    quote: Text


class FilePatchPart(_Part):
    """Whole lines replaced, all together; `diff` shows them with secrets masked."""

    path: Text
    replacements: tuple[SuggestionPart, ...]
    diff: Text


class DiagnosisDocument(_Part):
    """A diagnosis, `foureyes.debug/1`. Without a model, `cause` and `explanation` are empty."""

    schema_name: Literal["foureyes.debug/1"] = Field("foureyes.debug/1", alias="schema")
    foureyes: Text = __version__
    cause: Text
    explanation: Text
    confidence: float
    evidence: tuple[EvidencePart, ...]
    patch: tuple[FilePatchPart, ...]
    hints: tuple[HintPart, ...]
    frames: tuple[FoundFramePart, ...]
    lost: tuple[LostFramePart, ...]
    traces: tuple[TracePart, ...]
    model: Text | None
    usage: UsagePart
    notices: tuple[NoticePart, ...]


def diagnosis_report(diagnosis: Diagnosis) -> dict[str, JsonValue]:
    """A diagnosis as JSON values, ready to be written; `diagnosis_schema` describes them."""
    return DiagnosisDocument.model_validate(diagnosis).model_dump(mode="json", by_alias=True)


def diagnosis_schema() -> dict[str, JsonValue]:
    """The JSON schema of the form."""
    schema = DiagnosisDocument.model_json_schema(by_alias=True, mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:foureyes:debug:1"}
    return head | schema
