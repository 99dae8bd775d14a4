"""What a model may answer: candidates, as they cross the wire."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import shortened

MOST_CANDIDATES = 12
"""Of one unit; what a model says beyond it is noise."""


class CandidateSide(StrEnum):
    """Whether the quoted lines are numbered lines of the new file or removed lines of the old one."""

    NEW = "new"
    OLD = "old"


def _one_line(value: object) -> object:
    return shortened(" ".join(value.split()), 80) if isinstance(value, str) else value


def _brief(value: object) -> object:
    # Cut and not refused: one wordy explanation must not cost the whole answer, which was paid for.
    return shortened(value.strip(), 1000) if isinstance(value, str) else value


class Candidate(BaseModel):
    """One defect that a model believes it sees. Nothing of it is shown before gate and verifier have passed it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    path: str
    first_line: int
    """Number of the first line that is wrong."""
    last_line: int
    """Number of the last line that is wrong; the same as first_line for one line."""
    quote: str
    """The wrong lines, copied letter by letter, without their numbers."""
    kind: Category
    """What kind of harm it does."""
    severity: Severity
    """How bad it is, by the scale you were given."""
    # Strict bounds, because the gate and the votes compare it with numbers: 95 for 0.95 would outrank everything.
    confidence: Annotated[float, Field(ge=0, le=1)]
    """How sure you are that a careful senior engineer would agree."""
    rule: Annotated[str, BeforeValidator(_one_line)]
    """A short name of the kind of defect, such as off-by-one, sql-injection, unclosed-file."""
    title: Annotated[str, BeforeValidator(_one_line)]
    """The defect in at most 80 characters."""
    explanation: Annotated[str, BeforeValidator(_brief)]
    """At most 90 words: which input or state leads to which wrong effect."""
    replacement: list[str] | None = None
    """Whole lines that replace first_line to last_line and mend the defect; leave out when you are not sure."""
    side: CandidateSide = CandidateSide.NEW
    """`old` only when the defect is that these lines were removed."""


class Candidates(BaseModel):
    """The answer about one unit."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    candidates: list[Candidate]
    """All defects you would stop the merge for; an empty list is a good answer."""


class StoredCandidates(Candidates):
    """Candidates of one piece, as they are kept in the cache of answers."""


def schema_for(paths: Sequence[str]) -> type[Candidates]:
    """The answer's schema with `path` as an enumeration of this unit's files, so that a model can't invent one."""
    return _schema_for(tuple(sorted(set(paths))))


@cache
def _schema_for(paths: tuple[str, ...]) -> type[Candidates]:
    enumeration: dict[str, Any] = {
        "description": "The file, exactly as written above its lines.",
        "json_schema_extra": {"enum": list(paths)},
    }
    # The enumeration binds the schema that the model sees; a path outside it is refused by the gate, one candidate
    # at a time, where a strict Literal would throw the whole answer away.
    candidate = create_model("Candidate", __base__=Candidate, path=(str, Field(**enumeration)))
    return create_model("Candidates", __base__=Candidates, candidates=(list[candidate], Field(...)))  # type: ignore[valid-type]


class Ruling(StrEnum):
    """What a verifier holds of a candidate. Only `real` is said aloud."""

    REAL = "real"
    NOT = "not"
    UNSURE = "unsure"


class Verified(BaseModel):
    """A verifier's verdict, taken from what it wrote."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    verdict: Ruling
    """real: the defect happens on the input or state that was shown; not: it does not; unsure: neither was shown."""
    severity: Severity | None = None
    """The severity that was argued for."""
    line: int | None = None
    """The line of the new file where the defect is."""
    reason: Annotated[str, BeforeValidator(_brief)] = ""
    """One sentence: why."""
