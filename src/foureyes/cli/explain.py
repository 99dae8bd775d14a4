"""`foureyes explain`: why a finding was made, or why a candidate was not said."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from foureyes.cli.compose import checkout_of, settings_of
from foureyes.cli.lastreview import LastReview, find, load
from foureyes.cli.options import Cwd
from foureyes.cli.say import print_lines, terminal_width
from foureyes.cli.verbs import new_app
from foureyes.engine.reports.document import FindingPart, RefusalPart, TracePart, finding_of
from foureyes.engine.reports.lines import paragraphs, safe, wrapped
from foureyes.engine.reports.summary import SHAPES, place
from foureyes.engine.reports.terminal_finding import SHORT_FINGERPRINT, STYLES
from foureyes.engine.values import MODEL_SOURCE
from foureyes.kit.text import counted

app = new_app()

_LABEL = 14
_PLACE = re.compile(r"(?P<path>.+):(?P<line>\d{1,9})")


@app.command()
def explain(
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="[FINDING | PATH[:LINE]]",
            help="A finding, by the beginning of its fingerprint; or a place, for what was said and refused there.",
            show_default=False,
        ),
    ] = None,
    *,
    cwd: Cwd = None,
) -> None:
    """Say why a finding of the last review was made: rule, model, what it saw, votes, verification.

    Without FINDING, the findings of the last review are listed.
    """
    last = load(settings_of().cache_dir, checkout_of(cwd))
    print_lines(_lines(last, wanted, terminal_width()))


def _lines(last: LastReview, wanted: str | None, width: int) -> Iterator[Text]:
    if wanted is None:
        yield from _listing(last, width)
        return
    # A fingerprint has no colon, so what looks like a place is one.
    match = _PLACE.fullmatch(wanted)
    path, line = (match["path"], int(match["line"])) if match else (wanted, None)
    findings = [one for one in _all(last) if one.path == path and _covers(one, line)]
    refusals = [one for one in last.review.refusals if one.path == path and line in (None, one.line)]
    # Only what is no place can be a fingerprint; a place with refusals alone must not end as an unknown finding.
    for finding in findings if findings or refusals else [find(_all(last), wanted)]:
        yield from _finding(finding, width)
    for refusal in refusals:
        yield from _refusal(refusal, width)


def _all(last: LastReview) -> tuple[FindingPart, ...]:
    return (*last.review.findings, *last.review.held_back, *last.review.settled)


def _covers(finding: FindingPart, line: int | None) -> bool:
    return line is None or finding.start_line <= line <= max(finding.start_line, finding.end_line)


def _listing(last: LastReview, width: int) -> Iterator[Text]:
    when = last.saved.astimezone().strftime("%Y-%m-%d %H:%M")
    yield from _plain(f"The last review, {when}: {last.review.headline}", "bold", width)
    for finding in _all(last):
        start = Text.assemble(
            (f"{finding.fingerprint[:SHORT_FINGERPRINT]} ", "dim"),
            (f"{SHAPES[finding.severity]} ", STYLES[finding.severity]),
        )
        said = Text(safe(f"{place(finding_of(finding))} {finding.title}"))
        yield from wrapped(said, width=width, first=start, rest=Text(" " * start.cell_len))
    if count := len(last.review.refusals):
        places = ", ".join(dict.fromkeys(f"{refusal.path}:{refusal.line}" for refusal in last.review.refusals))
        yield from _plain(f"Not said: {counted(count, 'candidate')} at {places}", "dim", width)


def _finding(finding: FindingPart, width: int) -> Iterator[Text]:
    word = Text(f"{SHAPES[finding.severity]} {finding.severity}  ", STYLES[finding.severity])
    yield from wrapped(Text(safe(place(finding_of(finding))), "bold"), width=width, first=word, rest=Text("  "))
    yield from _plain(finding.title, "bold", width)
    for paragraph in paragraphs(finding.explanation):
        yield from _plain(paragraph, "", width)
    yield Text()
    for label, text in _facts(finding):
        yield from _labelled(label, text, width)
    yield Text()


def _facts(finding: FindingPart) -> Iterator[tuple[str, str]]:
    yield "Rule", f"{finding.source}:{finding.rule} ({finding.category})"
    if finding.also:
        yield "Also said by", ", ".join(finding.also)
    yield "Evidence", finding.evidence.strip() or "none quoted"
    if finding.source == MODEL_SOURCE:
        yield "Confidence", f"{finding.confidence:.0%}"
    if finding.trace is not None:
        yield from _trace(finding.trace)
    if finding.suggestion is not None:
        tried = ", ".join(finding.suggestion.tried) or "nothing"
        yield "Suggestion", f"tried: {tried}; `foureyes fix {finding.fingerprint[:SHORT_FINGERPRINT]}` applies it"
    yield "State", finding.state
    if finding.url:
        yield "More", finding.url
    yield "Fingerprint", finding.fingerprint


def _trace(trace: TracePart) -> Iterator[tuple[str, str]]:
    if trace.model:
        yield "Model", trace.model
    if trace.prompt_version:
        yield "Prompt", trace.prompt_version
    if trace.passes:
        yield "Votes", f"{trace.votes} of {counted(trace.passes, 'pass', 'passes')}"
    if trace.verification:
        yield "Verification", trace.verification
    for number, seen in enumerate(trace.context):
        yield "" if number else "Context", seen


def _refusal(refusal: RefusalPart, width: int) -> Iterator[Text]:
    yield from _plain(f"Not said  {refusal.path}:{refusal.line}", "bold", width)
    yield from _plain(refusal.title, "", width)
    yield Text()
    yield from _labelled("Source", refusal.source, width)
    yield from _labelled("Reason", refusal.reason.replace("-", " "), width)
    yield from _labelled("Detail", refusal.detail, width)
    yield Text()


def _plain(text: str, style: str, width: int) -> Iterator[Text]:
    return wrapped(Text(safe(text), style), width=width, first=Text(), rest=Text())


def _labelled(label: str, text: str, width: int) -> Iterator[Text]:
    """Text behind a label; nothing where there is no text."""
    first, rest = Text(f"{label:<{_LABEL}}", "dim"), Text(" " * _LABEL)
    for paragraph in paragraphs(text):
        yield from wrapped(Text(paragraph), width=width, first=first, rest=rest)
        first = rest
