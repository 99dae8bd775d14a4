"""The terminal form: verdict first, each finding under its line of code, everything else folded to a line.

Only `rich.text.Text` is ever printed, so that outside text is never read as markup.
"""

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from foureyes.engine.reports import summary
from foureyes.engine.reports.form import FOLDED, View
from foureyes.engine.reports.lines import NARROWEST, paragraphs, safe, wrapped
from foureyes.engine.reports.summary import place
from foureyes.engine.reports.terminal_finding import SHORT_FINGERPRINT, STYLES, finding_lines
from foureyes.engine.values import Coverage, FileEntry, Finding, ReviewResult, Verdict
from foureyes.kit.text import counted

_VERDICTS = {
    Verdict.BLOCK: ("\N{BLACK HEXAGON}", "bold red"),
    Verdict.LOOK: ("\N{BLACK DIAMOND}", "bold yellow"),
    Verdict.FINE: ("\N{CHECK MARK}", "bold green"),
    Verdict.INCOMPLETE: ("\N{WHITE CIRCLE}", "bold magenta"),
    Verdict.NOTHING: ("\N{CHECK MARK}", "bold"),
}
_LABEL = 11
_MOST_NOTICES = 5
_MOST_FATES = 6
_WHY_HELD_BACK = "under the floor or over the cap"


def show(console: Console, result: ReviewResult, view: View = FOLDED) -> None:
    """Print the review, no wider than the terminal."""
    width = max(console.width, NARROWEST)
    for line in _lines(result, view, width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False)


def write_terminal(result: ReviewResult, view: View = FOLDED, *, width: int = 80) -> str:
    """What `show` prints, as plain text."""
    into = io.StringIO()
    show(Console(file=into, width=width, color_system=None, legacy_windows=False), result, view)
    return into.getvalue()


def _lines(result: ReviewResult, view: View, width: int) -> Iterator[Text]:
    yield from _verdict(result, width)
    yield from _findings(result.findings, result, width)
    if view.held_back and result.held_back:
        yield from _heading(
            f"Held back: {counted(len(result.held_back), 'finding')} under the floor or over the cap", width
        )
        yield from _findings(result.held_back, result, width)
    if view.refusals:
        yield from _refusals(result, width)
    if view.ledger:
        yield from _ledger(result, width)
    yield Text()
    for label, text in _footer(result, view):
        first, rest = Text(f"{label:<{_LABEL}}", "dim"), Text(" " * _LABEL)
        yield from wrapped(Text(safe(text)), width=width, first=first, rest=rest)


def _verdict(result: ReviewResult, width: int) -> Iterator[Text]:
    shape, style = _VERDICTS[result.verdict]
    indent = Text("  ")
    headline = Text(safe(result.headline), style)
    yield from wrapped(headline, width=width, first=Text(f"{shape} ", style), rest=indent)
    counts = [
        Text.assemble((f"{summary.SHAPES[severity]} {count} {severity}", STYLES[severity]))
        for severity, count in summary.severity_counts(result.findings)
    ]
    if counts:
        yield from wrapped(Text("  ").join(counts), width=width, first=indent, rest=indent)
    size = f"{summary.change_line(result)} · {result.seconds:.1f} s"
    yield from wrapped(Text(safe(size), "dim"), width=width, first=indent, rest=indent)


def _findings(findings: Sequence[Finding], result: ReviewResult, width: int) -> Iterator[Text]:
    above: Finding | None = None
    for finding in findings:
        yield Text()
        # Two findings on one line stand under it together: shown twice, it would look like two places.
        same = above is not None and place(above) == place(finding)
        yield from finding_lines(finding, result.sources, result.change, width=width, code_shown=same)
        above = finding


def _heading(text: str, width: int) -> Iterator[Text]:
    yield Text()
    yield from wrapped(Text(text, "bold"), width=width, first=Text(), rest=Text())


def _refusals(result: ReviewResult, width: int) -> Iterator[Text]:
    yield from _heading(f"Not said: {counted(len(result.refusals), 'candidate')} refused", width)
    for refusal in result.refusals:
        said = f"{refusal.path}:{refusal.line} {refusal.title} ({refusal.source})"
        yield from wrapped(Text(safe(said)), width=width, first=Text("  · "), rest=Text("    "))
        for paragraph in paragraphs(summary.refused(refusal)):
            yield from wrapped(Text(paragraph, "dim"), width=width, first=Text("    "), rest=Text("    "))


def _ledger(result: ReviewResult, width: int) -> Iterator[Text]:
    yield from _heading("Ledger", width)
    for group in summary.coverage_groups(result):
        yield from wrapped(
            Text(safe(group.sentence), "magenta" if group.missed else ""),
            width=width,
            first=Text("  "),
            rest=Text("  "),
        )
        for entry in group.files:
            yield from _ledger_file(entry, width)


def _ledger_file(entry: FileEntry, width: int) -> Iterator[Text]:
    name = Text.assemble(safe(entry.path), ("  " + safe(", ".join(entry.by)), "dim"))
    yield from wrapped(name, width=width, first=Text("    · "), rest=Text("      "))
    for hunk in entry.hunks:
        if hunk.coverage in (Coverage.FAILED, Coverage.SKIPPED):
            text = f"{hunk.header} {hunk.coverage}" + (f": {hunk.reason}" if hunk.reason else "")
            yield from wrapped(Text(safe(text), "dim"), width=width, first=Text("      "), rest=Text("      "))


def _footer(result: ReviewResult, view: View) -> Iterator[tuple[str, str]]:
    most = len(result.notices) if view.ledger else _MOST_NOTICES
    for notice in result.notices[:most]:
        yield "Notice", summary.noticed(notice)
    if len(result.notices) > most:
        yield "", f"and {counted(len(result.notices) - most, 'notice')} more (--ledger)"
    groups = [group.sentence for group in summary.coverage_groups(result)]
    if groups:
        # Reasons may name files or providers' own words: without a cap, a bad day would be a wall of text.
        more = [f"{len(groups) - _MOST_FATES} more (--ledger)"] if len(groups) > _MOST_FATES else []
        yield "Coverage", " · ".join([*groups[:_MOST_FATES], *more])
    ran, trouble = summary.tools_that_ran(result), summary.tools_in_trouble(result)
    if ran or trouble:
        yield "Analysers", " · ".join([*([summary.listed(ran, 12)] if ran else []), *trouble])
    yield "Model", summary.model_line(result)
    if result.settled:
        yield "Fixed", f"{counted(len(result.settled), 'finding')} of the review before"
    if result.held_back and not view.held_back:
        yield "Held back", f"{counted(len(result.held_back), 'finding')} {_WHY_HELD_BACK} (--all)"
    if result.refusals and not view.refusals:
        yield "Not said", f"{counted(len(result.refusals), 'candidate')} refused (--why)"
    if step := _next_step(result, view):
        yield "Next", step


def _next_step(result: ReviewResult, view: View) -> str:
    # One step, the most useful: a gap comes before suggestions, for it may hide worse than what was found.
    if result.verdict is Verdict.INCOMPLETE and not view.ledger:
        return "--ledger names what was not reviewed"
    fixable = [finding for finding in result.findings if finding.suggestion]
    if fixable:
        return f"`foureyes fix` applies {_suggestions(fixable)}"
    if result.findings:
        first = result.findings[0].fingerprint[:SHORT_FINGERPRINT]
        return f"`foureyes explain {first}` says why the first finding was made"
    return ""


def _suggestions(fixable: Sequence[Finding]) -> str:
    return f"the {counted(len(fixable), 'tried suggestion')}" if len(fixable) > 1 else "the tried suggestion"
