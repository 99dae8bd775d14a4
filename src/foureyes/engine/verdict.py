"""The one word about a change, and the sentence that goes with it."""

from collections import Counter
from collections.abc import Sequence

from foureyes.analyzers.port import Outcome, ToolRun
from foureyes.engine.policy import Policy
from foureyes.engine.values import FileEntry, Finding, Ledger, Verdict
from foureyes.kit.severity import Severity
from foureyes.kit.text import counted


def judge(
    findings: Sequence[Finding], ledger: Ledger, tools: Sequence[ToolRun], *, policy: Policy, asked_model: bool
) -> tuple[Verdict, str]:
    """The verdict and its headline. Not reviewed is never fine; a blocking finding is said first all the same."""
    if not ledger.files:
        return Verdict.NOTHING, "Nothing to review: the two versions have the same content."
    if all(entry.void for entry in ledger.files):
        return Verdict.NOTHING, f"Nothing to review: {_reasons(ledger.files)}."
    # Worked out before the findings are looked at: nothing that was found may hide what was not reviewed.
    lacking = _lacking(ledger, tools)
    blocking = [finding for finding in findings if finding.severity.rank >= policy.fail_on.rank]
    if blocking:
        rest = f" The review is also incomplete: {lacking}." if lacking else ""
        return Verdict.BLOCK, f"Do not merge yet: {_by_severity(blocking)} on lines this change touches.{rest}"
    if lacking:
        found = f", {_by_severity(findings)} so far" if findings else ""
        return Verdict.INCOMPLETE, f"Not reviewed completely: {lacking}{found}."
    if findings:
        return Verdict.LOOK, f"Worth a look: {_by_severity(findings)}."
    return (
        Verdict.FINE,
        "Nothing to flag." if asked_model else "Nothing to flag by static analysis; no model was asked.",
    )


def _lacking(ledger: Ledger, tools: Sequence[ToolRun]) -> str:
    if not ledger.looked_at and not ledger.incomplete:
        return f"no file could be reviewed: {_reasons(ledger.files)}"
    parts = []
    if ledger.incomplete:
        parts.append(f"{counted(len(ledger.incomplete), 'file')} not reviewed or only in part")
    failed = [run.tool for run in tools if run.outcome is Outcome.FAILED]
    if failed:
        parts.append(f"{', '.join(failed)} failed")
    return " and ".join(parts)


def _reasons(entries: Sequence[FileEntry]) -> str:
    counts = Counter(entry.reason for entry in entries).most_common(3)
    return ", ".join(f"{counted(count, 'file')} ({reason})" for reason, count in counts)


def _by_severity(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    ordered = [(severity, counts[severity]) for severity in reversed(Severity) if counts[severity]]
    words = [f"{count} {severity.value}" for severity, count in ordered]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{listed} {'finding' if len(findings) == 1 else 'findings'}"
