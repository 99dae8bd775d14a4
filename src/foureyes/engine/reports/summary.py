"""The sentences that every form for people says about a whole review: counts, coverage, tools, cost."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foureyes.analyzers.port import Outcome
from foureyes.diff.values import Side
from foureyes.engine.values import MODEL_SOURCE, Coverage, FileEntry, Finding, Notice, Refusal, ReviewResult
from foureyes.kit.severity import Severity
from foureyes.kit.text import counted, shortened

NO_MODEL = "No model was asked: only static analysers looked."

SHAPES = {
    Severity.CRITICAL: "\N{BLACK HEXAGON}",
    Severity.HIGH: "\N{BLACK UP-POINTING TRIANGLE}",
    Severity.MEDIUM: "\N{BLACK DIAMOND}",
    Severity.LOW: "\N{BLACK CIRCLE}",
    Severity.INFO: "\N{BLACK SQUARE}",
}
"""A shape for each severity, so that it can be told without colour."""

_LONGEST_REASON = 160
_COMMIT_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CoverageGroup:
    """Files of the ledger that share one fate; `missed`: they should have been reviewed and were not."""

    coverage: Coverage
    reason: str
    missed: bool
    files: tuple[FileEntry, ...]

    @property
    def sentence(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{counted(len(self.files), 'file')} {_fate(self.coverage, missed=self.missed)}{why}"


def severity_counts(findings: Iterable[Finding]) -> list[tuple[Severity, int]]:
    """How many findings of each severity there are, worst first; severities without any are left out."""
    tally = dict.fromkeys(reversed(Severity), 0)
    for finding in findings:
        tally[finding.severity] += 1
    return [(severity, count) for severity, count in tally.items() if count]


def coverage_groups(result: ReviewResult) -> list[CoverageGroup]:
    """The ledger in groups: what was missed first, then what was reviewed, then what was meant to be skipped."""
    missed = set(result.ledger.incomplete)
    # By reason too: forty files that share one are a line, and the odd one out is not lost among them.
    groups: dict[tuple[Coverage, str, bool], list[FileEntry]] = {}
    for entry in result.ledger.files:
        key = (entry.coverage, _reason(entry), entry in missed)
        groups.setdefault(key, []).append(entry)
    found = [CoverageGroup(*key, tuple(files)) for key, files in groups.items()]
    return sorted(found, key=lambda group: (not group.missed, list(Coverage).index(group.coverage)))


def change_line(result: ReviewResult) -> str:
    """What was reviewed: both versions, files, lines."""
    change = result.change
    versions = f"{_version(change.base)}..{_version(change.head)}" if change.base else _version(change.head)
    lines = f"+{change.added:,} \N{MINUS SIGN}{change.removed:,}"
    return f"{versions} · {counted(len(change.files), 'file')}, {lines}"


def tools_that_ran(result: ReviewResult) -> list[str]:
    """Analysers that looked at something, each once: whole files and lone hunks are two runs."""
    ran = (run.tool for run in result.tools if run.outcome in (Outcome.RAN, Outcome.CACHED) and run.files)
    return list(dict.fromkeys(ran))


def tools_in_trouble(result: ReviewResult) -> list[str]:
    """Analysers that could not look, each with its reason."""
    said = (
        f"{run.tool} {run.outcome}" + (f" ({shortened(run.reason, _LONGEST_REASON)})" if run.reason else "")
        for run in result.tools
        if run.outcome in (Outcome.MISSING, Outcome.FAILED)
    )
    return list(dict.fromkeys(said))


def model_line(result: ReviewResult) -> str:
    """Which model was asked, what it used and what that cost; or that none was."""
    if result.model is None:
        return NO_MODEL
    usage = result.usage
    if usage.calls == 0:
        return f"{result.model} · no call was made" + (", nothing spent" if usage.cost == 0 else "")
    cached = f" ({usage.cached_input_tokens:,} cached)" if usage.cached_input_tokens else ""
    tokens = f"{usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out"
    return f"{result.model} · {counted(usage.calls, 'call')} · {tokens} · {money(usage.cost)}"


def money(cost: int | None) -> str:
    """Micro-dollars as people read them; an unknown price is said to be unknown."""
    if cost is None:
        return "price unknown"
    # Most runs cost cents or less: two digits would round them to nothing.
    return f"${cost / 1e6:,.2f}" if cost >= 1_000_000 or cost == 0 else f"${cost / 1e6:.4f}"


def place(finding: Finding) -> str:
    """`path:line`, `path:first-last`; lines of the old version are said to be removed ones."""
    lines = str(finding.start_line)
    if finding.end_line > finding.start_line:
        lines += f"-{finding.end_line}"
    removed = " (removed)" if finding.side is Side.LEFT else ""
    return f"{finding.path}:{lines}{removed}"


def origin(finding: Finding) -> str:
    """Who said it: source and rule, and how sure it is where that is less than certain."""
    said = f"{finding.source}:{finding.rule}" if finding.rule else finding.source
    # Analysers are not asked how sure they are; a percentage beside theirs would be made up.
    sure = f" · {finding.confidence:.0%} sure" if finding.source == MODEL_SOURCE else ""
    also = f" · also {', '.join(finding.also)}" if finding.also else ""
    return f"{said}{sure}{also}"


def refused(refusal: Refusal) -> str:
    """Why a candidate was not said, in words."""
    reason = refusal.reason.replace("-", " ")
    return f"{reason}: {refusal.detail}" if refusal.detail else reason


def noticed(notice: Notice) -> str:
    """A notice with its path, where its words do not name that already."""
    return notice.text if notice.path is None or notice.path in notice.text else f"{notice.path}: {notice.text}"


def listed(names: Sequence[str], limit: int) -> str:
    """Names with commas; those past `limit` are counted."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def _version(name: str) -> str:
    return name[:10] if _COMMIT_ID.fullmatch(name) else name


def _reason(entry: FileEntry) -> str:
    if entry.reason or entry.coverage in (Coverage.SKIPPED, Coverage.FAILED):
        return entry.reason
    failed = [hunk for hunk in entry.hunks if hunk.coverage is Coverage.FAILED]
    return failed[0].reason if failed else ""


def _fate(coverage: Coverage, *, missed: bool) -> str:
    if missed and coverage in (Coverage.REVIEWED, Coverage.CACHED):
        return "reviewed in part"
    if coverage is Coverage.CACHED:
        return "unchanged since the last review"
    if missed and coverage is Coverage.SKIPPED:
        return "not reviewed"
    return {Coverage.REVIEWED: "reviewed", Coverage.SKIPPED: "skipped", Coverage.FAILED: "failed"}[coverage]
