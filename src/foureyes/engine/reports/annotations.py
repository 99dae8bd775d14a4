"""The form of GitHub workflow commands: one annotation for each finding in the log of a GitHub Action.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Iterator

from foureyes.diff.values import Side
from foureyes.engine.reports.summary import NO_MODEL, origin, tools_in_trouble
from foureyes.engine.values import FileEntry, Finding, ReviewResult
from foureyes.kit.severity import Severity
from foureyes.kit.text import printable

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def write_annotations(result: ReviewResult) -> str:
    """One workflow command a line: findings, then what was not reviewed, then the verdict."""
    return "".join(f"{line}\n" for line in _commands(result))


def _commands(result: ReviewResult) -> Iterator[str]:
    for finding in result.findings:
        yield _finding(finding)
    # A gap is a warning of its own: in a list of annotations, what was not looked at would seem fine.
    for entry in result.ledger.incomplete:
        yield _not_reviewed(entry)
    for trouble in tools_in_trouble(result):
        yield _command("notice", f"Analyser {trouble}", title="Foureyes")
    # The verdict is last, for the runner shows ten annotations of a kind and findings are what people came for.
    no_model = f" {NO_MODEL}" if result.model is None else ""
    yield _command("notice", f"{result.headline}{no_model}", title="Foureyes")


def _finding(finding: Finding) -> str:
    """Removed lines have no place in the version that is shown, so theirs name the file only."""
    lines = {"line": str(finding.start_line), "endLine": str(max(finding.start_line, finding.end_line))}
    where = {} if finding.side is Side.LEFT else lines
    said = f"{finding.explanation}\n" if finding.explanation else ""
    level = _LEVELS[finding.severity]
    return _command(level, f"{said}{origin(finding)}", file=finding.path, **where, title=finding.title)


def _not_reviewed(entry: FileEntry) -> str:
    return _command("warning", entry.reason or "see the ledger", file=entry.path, title="Not wholly reviewed")


def _command(name: str, message: str, **properties: str) -> str:
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    # The runner decodes the percent sign last, so here it is encoded first. Its %0D never occurs: lines end in one way.
    lines = [printable(line) for line in text.splitlines()]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    # A comma would begin another property, two colons the message: a name of a file could forge both.
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
