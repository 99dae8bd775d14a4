"""What a review is made of: findings, the coverage ledger, refusals, and the review itself. All frozen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from foureyes.analyzers.port import ToolRun
from foureyes.diff.values import Change, Side
from foureyes.kit.severity import Category, Severity
from foureyes.llm.port import Usage

MODEL_SOURCE = "model"
"""The `source` of findings that a language model proposed; every other source is an analyser's name."""


class Kind(StrEnum):
    REVIEW = "review"
    DEBUG = "debug"
    ARCHITECTURE = "architecture"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replacement for whole lines of the head version; `tried` names the trials it passed: `applies`, `parses`."""

    start_line: int
    end_line: int
    lines: tuple[str, ...]
    tried: tuple[str, ...] = ()


class FindingState(StrEnum):
    """Against the review before this one (`engine.settle`)."""

    NEW = "new"
    PERSISTING = "persisting"
    FIXED = "fixed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Trace:
    """Why a finding was said (F7): model, prompt, the context it saw, votes of how many passes, the verifier's word."""

    model: str = ""
    prompt_version: str = ""
    context: tuple[str, ...] = ()
    passes: int = 0
    votes: int = 0
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. Lines count from 1 in the version `side` names, both ends included; `evidence` quotes the file."""

    path: str
    start_line: int
    end_line: int
    side: Side
    severity: Severity
    category: Category
    source: str
    rule: str
    title: str
    explanation: str
    evidence: str
    confidence: float
    fingerprint: str
    suggestion: Suggestion | None = None
    also: tuple[str, ...] = ()
    """Other sources that said the same, as `source:rule`."""
    url: str | None = None
    state: FindingState = FindingState.NEW
    trace: Trace | None = None


class Coverage(StrEnum):
    """What became of a file or hunk. Nothing is ever left without one."""

    REVIEWED = "reviewed"
    CACHED = "cached"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HunkEntry:
    """The ledger's line for one hunk; `header` as in the diff."""

    header: str
    coverage: Coverage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """The ledger's line for one file. `by` names who looked: analysers, and `model`.

    `expected` tells a skip that was meant (generated, binary, ignored by policy) from one that leaves the review
    incomplete (too large, no budget, unreadable). `void` says that there was nothing in it for anyone to review: moved
    as it is, deleted, empty.
    """

    path: str
    coverage: Coverage
    reason: str = ""
    expected: bool = True
    by: tuple[str, ...] = ()
    hunks: tuple[HunkEntry, ...] = ()
    void: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """For each file and hunk of the change: reviewed, cached, skipped or failed, and why."""

    files: tuple[FileEntry, ...] = ()

    @property
    def incomplete(self) -> tuple[FileEntry, ...]:
        """The files that should have been reviewed and were not, or not wholly."""
        return tuple(
            entry
            for entry in self.files
            if entry.coverage is Coverage.FAILED
            or (entry.coverage is Coverage.SKIPPED and not entry.expected)
            or any(hunk.coverage is Coverage.FAILED for hunk in entry.hunks)
        )

    @property
    def looked_at(self) -> tuple[FileEntry, ...]:
        return tuple(entry for entry in self.files if entry.coverage in (Coverage.REVIEWED, Coverage.CACHED))


class RefusalReason(StrEnum):
    """Why a candidate was not said, in the order in which it is asked: cheap and certain first."""

    UNKNOWN_FILE = "unknown-file"
    OUTSIDE_CHANGE = "outside-change"
    NO_QUOTE = "no-quote"
    TALK = "talk"
    UNSURE_ITSELF = "unsure-itself"
    OVER_UNIT_LIMIT = "over-unit-limit"
    ANALYSER_SAID_IT = "analyser-said-it"
    SAID_TWICE = "said-twice"
    OTHERS_SAID_IT = "others-said-it"
    DISMISSED = "dismissed"
    OUTVOTED = "outvoted"
    NOT_REAL = "not-real"
    UNSURE = "unsure"
    NOT_VERIFIED = "not-verified"
    RULE_OFF = "rule-off"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that was not said, and why: shown when someone asks."""

    path: str
    line: int
    title: str
    source: str
    reason: RefusalReason
    detail: str = ""


class Verdict(StrEnum):
    """The one word about a change. `INCOMPLETE` wins over all but `BLOCK`: not reviewed is never green."""

    BLOCK = "block"
    LOOK = "look"
    FINE = "fine"
    INCOMPLETE = "incomplete"
    NOTHING = "nothing"


class Stage(StrEnum):
    COLLECT = "collect"
    SCREEN = "screen"
    ANALYSE = "analyse"
    PACK = "pack"
    ASK = "ask"
    VERIFY = "verify"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a running review: `done` of `total` parts of `stage`; total 0 means not known."""

    stage: Stage
    done: int = 0
    total: int = 0
    note: str = ""


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the change itself that a reader should know: a policy edited, hidden characters stripped."""

    code: str
    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """One finished run over one change."""

    change: Change
    verdict: Verdict
    headline: str
    findings: tuple[Finding, ...]
    ledger: Ledger
    tools: tuple[ToolRun, ...]
    usage: Usage
    started: datetime
    seconds: float
    model: str | None = None
    """None where no model was asked; then only analysers looked, and reports say so."""
    prompt_version: str = ""
    held_back: tuple[Finding, ...] = ()
    """True findings under the floor or over the cap: counted and shown on request."""
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[Notice, ...] = ()
    settled: tuple[Finding, ...] = ()
    """Findings of earlier rounds that are fixed now."""
    stages: dict[Stage, float] = field(default_factory=dict)
    """Seconds spent in each stage."""
    sources: dict[str, str] = field(default_factory=dict)
    """Head text of the files that findings are about, secrets masked and hidden characters gone."""
