"""One review as every report test sees it, and hostile words to put into it."""

from dataclasses import replace
from datetime import UTC, datetime

from factories import a_finding
from foureyes.analyzers.port import Outcome, ToolRun
from foureyes.diff.values import Change, FileChange, FileStatus, Hunk, Line, LineKind, Side
from foureyes.engine.values import (
    Coverage,
    FileEntry,
    FindingState,
    HunkEntry,
    Ledger,
    Notice,
    Refusal,
    RefusalReason,
    ReviewResult,
    Stage,
    Suggestion,
    Trace,
    Verdict,
)
from foureyes.kit.severity import Category, Severity
from foureyes.llm.port import Usage

PATH = "src/shop/orders.py"
LOCK = "poetry.lock"
TEXT = "import os\n\ndef average(prices):\n    total = sum(prices)\n    return total / len(prices)\n"
SOURCES = {PATH: TEXT}

HOSTILE_NAME = "a b\n\x1b[2J`@octocat`[x](http://evil.example)|%:,\udcff.py"
HOSTILE_TEXT = (
    "<img src=x onerror=alert(1)> ![i](http://evil.example/i.png) [c](//evil.example) @octocat fixes #12 GH-7 "
    "owner/repo#3 www.evil.example a@evil.example `@team` `` ` ``\n/approve\n::error::x ##[group]y \x1b[31m\u202e"
)

DIVISION = a_finding(
    path=PATH,
    start_line=5,
    end_line=5,
    source="model",
    rule="zero-division",
    title="Division by zero when the basket is empty",
    explanation="`average([])` divides by zero, so the order page answers 500.",
    evidence="    return total / len(prices)",
    confidence=0.87,
    fingerprint="a1b2c3d4e5f60718",
    suggestion=Suggestion(5, 5, ("    return total / len(prices) if prices else 0.0",), ("applies", "parses")),
    also=("ruff:B018",),
    trace=Trace("anthropic:claude", "review-1", ("src/shop/orders.py:3-5",), 3, 2, "an empty basket reaches it"),
)
UNUSED = a_finding(
    path=PATH,
    start_line=1,
    end_line=1,
    severity=Severity.LOW,
    category=Category.MAINTAINABILITY,
    rule="F401",
    title="`os` imported but unused",
    explanation="",
    evidence="import os",
    confidence=1.0,
    fingerprint="ffee001122334455",
    suggestion=Suggestion(1, 1, (), ("applies",)),
    url="https://docs.astral.sh/ruff/rules/unused-import",
)
REMOVED = a_finding(
    path=PATH,
    start_line=4,
    end_line=4,
    side=Side.LEFT,
    severity=Severity.MEDIUM,
    title="The check went away",
    evidence="    check(prices)",
    fingerprint="0123456789abcdef",
    state=FindingState.PERSISTING,
)

_HUNK = Hunk(
    3,
    2,
    3,
    3,
    "",
    (
        Line(LineKind.CONTEXT, 3, 3, "def average(prices):"),
        Line(LineKind.REMOVED, 4, None, "    check(prices)"),
        Line(LineKind.ADDED, None, 4, "    total = sum(prices)"),
        Line(LineKind.ADDED, None, 5, "    return total / len(prices)"),
    ),
)

REVIEW = ReviewResult(
    change=Change(
        "main",
        "f" * 40,
        (FileChange(PATH, FileStatus.MODIFIED, hunks=(_HUNK,)), FileChange(LOCK, FileStatus.ADDED)),
        title="Average orders",
    ),
    verdict=Verdict.BLOCK,
    headline="Do not merge yet: 1 high finding on lines this change touches.",
    findings=(DIVISION, REMOVED, UNUSED),
    ledger=Ledger(
        (
            FileEntry(
                PATH, Coverage.REVIEWED, by=("model", "ruff"), hunks=(HunkEntry(_HUNK.header, Coverage.REVIEWED),)
            ),
            FileEntry(LOCK, Coverage.SKIPPED, "generated"),
        )
    ),
    tools=(
        ToolRun("ruff", Outcome.RAN, (PATH,), "", 0.02, "0.17.6"),
        ToolRun("oxlint", Outcome.MISSING, (), "not installed"),
        ToolRun("zizmor", Outcome.FAILED, (PATH,), "stopped after 60 s"),
    ),
    usage=Usage(12345, 3000, 1200, 21345, 5),
    started=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    seconds=3.21,
    model="anthropic:claude",
    prompt_version="review-1",
    held_back=(
        replace(UNUSED, title="A remark under the floor", severity=Severity.INFO, fingerprint="9988776655443322"),
    ),
    refusals=(Refusal(PATH, 9, "A guess", "model", RefusalReason.NO_QUOTE, "no such line"),),
    notices=(Notice("policy-changed", "This change edits the policy.", ".foureyes.toml"),),
    settled=(replace(UNUSED, title="An old one", state=FindingState.FIXED, fingerprint="1111222233334444"),),
    stages={Stage.COLLECT: 0.1, Stage.ASK: 2.5},
    sources=SOURCES,
)

CLEAN = replace(
    REVIEW,
    verdict=Verdict.FINE,
    headline="Nothing to flag by static analysis; no model was asked.",
    findings=(),
    tools=REVIEW.tools[:1],
    usage=Usage(),
    model=None,
    held_back=(),
    refusals=(),
    notices=(),
    settled=(),
)


def hostile_review() -> ReviewResult:
    """Every word of outside text is an attempt."""
    finding = replace(
        DIVISION,
        path=HOSTILE_NAME,
        title=HOSTILE_TEXT,
        explanation=HOSTILE_TEXT,
        rule=HOSTILE_TEXT,
        suggestion=Suggestion(5, 5, ("/approve", "```", HOSTILE_TEXT, "::add-mask::x"), ("applies",)),
    )
    return replace(
        REVIEW,
        headline=HOSTILE_TEXT,
        findings=(finding,),
        ledger=Ledger((FileEntry(HOSTILE_NAME, Coverage.FAILED, HOSTILE_TEXT),)),
        tools=(ToolRun("ruff", Outcome.FAILED, (HOSTILE_NAME,), HOSTILE_TEXT),),
        refusals=(Refusal(HOSTILE_NAME, 1, HOSTILE_TEXT, "model", RefusalReason.NO_QUOTE, HOSTILE_TEXT),),
        notices=(Notice("x", HOSTILE_TEXT, HOSTILE_NAME),),
    )
