"""Findings and feedback as they are sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from foureyes.models.findings import Feedback, FeedbackWord, StoredFinding

_EXAMPLE_ID = "019aa7c3-5b6a-7d2e-8f43-1c2d3e4f5a6b"


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("has a NUL character, which no database keeps")
    return text


class FeedbackSaid(BaseModel):
    """What you say of a finding: whether you acted on it, or whether it was worth saying."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"word": "accepted", "reason": "Fixed in the next commit."}]},
    )

    word: FeedbackWord
    reason: Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_storable)] = ""


class FeedbackView(BaseModel):
    """One person's word. `question` is what it answers: `decision` or `worth`."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    user_id: UUID
    question: str
    word: FeedbackWord
    reason: str
    at: datetime


class FindingView(BaseModel):
    """One remark. Lines count from 1, both ends included, in the version that `side` names."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_extra={"examples": [{
        "id": _EXAMPLE_ID, "shown": True, "path": "app.py", "start_line": 2, "end_line": 2, "side": "right",
        "severity": "high", "category": "bug", "source": "model", "rule": "index-error",
        "title": "Empty list raises IndexError",
        "explanation": "When items is empty, items[0] raises IndexError.", "evidence": "return items[0]",
        "suggestion": None, "confidence": 0.9, "fingerprint": "6f1a0c", "state": "new", "also": [], "url": None,
        "trace": None, "feedback": [],
    }]})  # fmt: skip

    id: UUID
    shown: bool = Field(description="False for what is true, but under the floor or over the cap.")
    path: str
    start_line: int
    end_line: int
    side: str
    severity: str
    category: str
    source: str
    rule: str
    title: str
    explanation: str
    evidence: str
    suggestion: dict[str, JsonValue] | None
    confidence: float
    fingerprint: str
    state: str
    also: list[str]
    url: str | None
    trace: dict[str, JsonValue] | None
    feedback: list[FeedbackView] = Field(default_factory=list, description="What members of the workspace say of it.")


class FeedbackList(BaseModel):
    """What members say of one finding."""

    model_config = ConfigDict(frozen=True)

    finding_id: UUID
    feedback: list[FeedbackView]


def finding_views(findings: Iterable[StoredFinding], said: Iterable[Feedback]) -> list[FindingView]:
    """Findings, each with what was said of it."""
    by_finding: dict[UUID, list[FeedbackView]] = {}
    for feedback in said:
        by_finding.setdefault(feedback.finding_id, []).append(FeedbackView.model_validate(feedback))
    return [_view(finding, by_finding) for finding in findings]


def _view(finding: StoredFinding, said: Mapping[UUID, list[FeedbackView]]) -> FindingView:
    return FindingView.model_validate(
        {
            **{name: getattr(finding, name) for name in FindingView.model_fields if name != "feedback"},
            "feedback": said.get(finding.id, []),
        }
    )
