"""One finding in the terminal: where it is, the code, what is wrong under the line, the suggestion as a small diff."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from foureyes.diff.values import Change
from foureyes.engine.reports.frames import DiffLine, FrameLine, frame, suggested
from foureyes.engine.reports.lines import DIFF_STYLES, cut, paragraphs, safe, wrapped
from foureyes.engine.reports.summary import SHAPES, origin, place
from foureyes.engine.values import Finding, FindingState
from foureyes.kit.severity import Severity
from foureyes.kit.text import counted

STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "blue",
}

BAR = "\N{BOX DRAWINGS LIGHT VERTICAL}"
SHORT_FINGERPRINT = 8

_LONGEST_SUGGESTION = 14


def finding_lines(
    finding: Finding, sources: Mapping[str, str], change: Change, *, width: int, code_shown: bool = False
) -> Iterator[Text]:
    """The lines of one finding, none wider than `width`. `code_shown`: the finding above was on the same lines."""
    style, shape = STYLES[finding.severity], SHAPES[finding.severity]
    yield from wrapped(
        Text(safe(place(finding)), "bold"),
        width=width,
        first=Text.assemble((f"{shape} {finding.severity}", style), "  "),
        rest=Text("  "),
    )
    code = frame(finding, sources, change)
    # The code, the words and the suggestion share one bar, so the widest number sets it for all of them.
    margin = max([len(str(line.number)) for line in code if line.number is not None], default=1)
    bar = Text.assemble(" " * (margin + 3), (BAR, style), " ")
    for line in code if not code_shown else ():
        yield cut(_code_line(line, finding.severity, margin), width)
    yield from wrapped(Text(safe(finding.title), "bold"), width=width, first=bar, rest=bar)
    for paragraph in paragraphs(finding.explanation):
        yield from wrapped(Text(paragraph), width=width, first=bar, rest=bar)
    if finding.suggestion is not None:
        changes = suggested(finding.suggestion, finding.path, sources)
        yield from (cut(line, width) for line in _suggestion_lines(changes, finding, margin))
    end = Text.assemble(" " * (margin + 3), ("\N{BOX DRAWINGS LIGHT ARC UP AND RIGHT}", style), " ")
    yield from wrapped(Text(safe(_footer(finding)), "dim"), width=width, first=end, rest=Text(" " * end.cell_len))


def _code_line(line: FrameLine, severity: Severity, margin: int) -> Text:
    style = STYLES[severity]
    if line.number is None:
        return Text.assemble(f"  {'':>{margin}} ", (BAR, style), (f" \N{VERTICAL ELLIPSIS} {line.text}", "dim"))
    mark = (f"{SHAPES[severity]} ", style) if line.marked else ("  ", "")
    number = (f"{line.number:>{margin}} ", "" if line.marked else "dim")
    return Text.assemble(mark, number, (BAR, style), " ", (safe(line.text), "" if line.marked else "dim"))


def _suggestion_lines(changes: Sequence[DiffLine], finding: Finding, margin: int) -> Iterator[Text]:
    bar = (BAR, STYLES[finding.severity])
    for change in changes[:_LONGEST_SUGGESTION]:
        # The sign stands where line numbers are, so that the code lines up with the code above.
        style = DIFF_STYLES.get(change.sign, "dim")
        yield Text.assemble((f"{change.sign:>{margin + 2}} ", style), bar, " ", (safe(change.text), style))
    rest = len(changes) - _LONGEST_SUGGESTION
    if rest > 0:
        yield Text.assemble(" " * (margin + 3), bar, (f" {counted(rest, 'more line')} in `foureyes fix`", "dim"))


def _footer(finding: Finding) -> str:
    state = "" if finding.state is FindingState.NEW else f"{finding.state} · "
    return f"{state}{finding.category} · {origin(finding)} · {finding.fingerprint[:SHORT_FINGERPRINT]}"
