"""The JSON form, `foureyes.review/1`: the contract that other programs, `fix` and `explain` read.

Fields are added, never renamed or removed, within a version. `docs/schemas/review-1.json` is generated from here.
"""

import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from foureyes import __version__
from foureyes.analyzers.port import Outcome
from foureyes.diff.values import FileStatus, Side
from foureyes.engine.values import Coverage, Finding, FindingState, RefusalReason, ReviewResult, Stage, Verdict
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import well_formed


def _encodable(value: object) -> object:
    # Names and code that are not UTF-8 hold lone surrogates, which no JSON reader has to accept.
    return well_formed(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_encodable)]


# Made from the engine's values by attribute name, so that a field which one of them lacks fails a test and not a user.
class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class SuggestionPart(_Part):
    """Whole lines `start_line` to `end_line` of the head version become `lines`."""

    start_line: int
    end_line: int
    lines: tuple[Text, ...]
    tried: tuple[Text, ...]


class TracePart(_Part):
    """Why a finding was said."""

    model: Text
    prompt_version: Text
    context: tuple[Text, ...]
    passes: int
    votes: int
    verification: Text


class FindingPart(_Part):
    """One remark. Lines count from 1, both ends included, in the old (`left`) or new (`right`) version."""

    path: Text
    start_line: int
    end_line: int
    side: Side
    severity: Severity
    category: Category
    source: Text
    rule: Text
    title: Text
    explanation: Text
    evidence: Text
    suggestion: SuggestionPart | None
    confidence: float
    fingerprint: Text
    also: tuple[Text, ...]
    url: Text | None
    state: FindingState
    trace: TracePart | None


class HunkPart(_Part):
    header: Text
    coverage: Coverage
    reason: Text


class LedgerFilePart(_Part):
    """What became of one file; `expected` is false where it should have been reviewed and was not."""

    path: Text
    coverage: Coverage
    reason: Text
    expected: bool
    by: tuple[Text, ...]
    hunks: tuple[HunkPart, ...]


class LedgerPart(_Part):
    files: tuple[LedgerFilePart, ...]


class ToolPart(_Part):
    """What became of one analyser."""

    tool: Text
    outcome: Outcome
    version: Text
    files: tuple[Text, ...]
    reason: Text
    seconds: float


class UsagePart(_Part):
    """Tokens and money of all model calls; `cost` is millionths of a dollar, null where no price is known.

    `input_tokens` counts whole prompts: what came from the provider's cache, or was written to it, is in it.
    """

    input_tokens: int
    cached_input_tokens: int
    cache_written_tokens: int
    output_tokens: int
    calls: int
    cost: int | None


class RefusalPart(_Part):
    """A candidate that was not said, and why."""

    path: Text
    line: int
    title: Text
    source: Text
    reason: RefusalReason
    detail: Text


class NoticePart(_Part):
    """Something about the change itself that a reader should know."""

    code: Text
    text: Text
    path: Text | None


class ChangedFilePart(_Part):
    path: Text
    old_path: Text | None
    status: FileStatus
    added: int
    removed: int


class ChangePart(_Part):
    """What was reviewed: both versions by name, and the size of each changed file."""

    base: Text
    head: Text
    title: Text
    added: int
    removed: int
    files: tuple[ChangedFilePart, ...]


class ReviewDocument(_Part):
    """One finished review, `foureyes.review/1`."""

    schema_name: Literal["foureyes.review/1"] = Field("foureyes.review/1", alias="schema")
    foureyes: Text = __version__
    verdict: Verdict
    headline: Text
    findings: tuple[FindingPart, ...]
    ledger: LedgerPart
    usage: UsagePart
    model: Text | None
    prompt_version: Text
    tools: tuple[ToolPart, ...]
    notices: tuple[NoticePart, ...]
    refusals: tuple[RefusalPart, ...]
    held_back: tuple[FindingPart, ...]
    settled: tuple[FindingPart, ...]
    change: ChangePart
    started: datetime
    seconds: float
    stages: dict[Stage, float]


def document(result: ReviewResult) -> ReviewDocument:
    """The review as the values that its JSON form holds."""
    return ReviewDocument.model_validate(result)


def write_json(result: ReviewResult) -> str:
    """The review as JSON text that fits `docs/schemas/review-1.json`."""
    return document(result).model_dump_json(by_alias=True, indent=2) + "\n"


def read_json(text: str | bytes) -> ReviewDocument:
    """A review that was written by `write_json`.

    Raises:
        pydantic.ValidationError: it is something else.
    """
    return ReviewDocument.model_validate_json(text)


def finding_of(part: FindingPart) -> Finding:
    """The finding that a part tells of, as far as JSON keeps its words."""
    # Validated and not copied: a stored review may be older than this release, or edited by hand.
    return TypeAdapter(Finding).validate_python(part.model_dump())


def schema_text() -> str:
    """The JSON schema of the form, as committed in `docs/schemas`."""
    schema = ReviewDocument.model_json_schema(by_alias=True, mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:foureyes:review:1"}
    return json.dumps(head | schema, indent=2) + "\n"
