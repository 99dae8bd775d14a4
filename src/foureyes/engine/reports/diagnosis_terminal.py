"""A diagnosis in the terminal: the cause first, then the places in the code, what is known, the patch."""

import io
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.text import Text

from foureyes.engine.debug.values import Diagnosis, FoundFrame
from foureyes.engine.reports.frames import code_around
from foureyes.engine.reports.lines import NARROWEST, cut, diff_line, paragraphs, safe, wrapped
from foureyes.engine.reports.summary import NO_MODEL, listed, money
from foureyes.kit.text import counted

_LABEL = 11
_MOST_FRAMES = 5
_BAR = "\N{BOX DRAWINGS LIGHT VERTICAL}"


def show_diagnosis(console: Console, diagnosis: Diagnosis, sources: Mapping[str, str]) -> None:
    """Print the diagnosis. `sources` are the texts of the files that its frames are in, as they may be shown."""
    width = max(console.width, NARROWEST)
    for line in _lines(diagnosis, sources, width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def write_diagnosis_terminal(diagnosis: Diagnosis, sources: Mapping[str, str], *, width: int = 80) -> str:
    """What `show_diagnosis` prints, as plain text."""
    into = io.StringIO()
    show_diagnosis(Console(file=into, width=width, color_system=None), diagnosis, sources)
    return into.getvalue()


def _lines(diagnosis: Diagnosis, sources: Mapping[str, str], width: int) -> Iterator[Text]:
    yield from _headline(diagnosis, width)
    for paragraph in paragraphs(diagnosis.explanation):
        yield from _row(paragraph, width)
    for found in diagnosis.frames[:_MOST_FRAMES]:
        yield Text()
        yield from _frame(found, sources, width)
    for patch in diagnosis.patch:
        yield Text()
        yield from (cut(diff_line(line), width) for line in patch.diff.splitlines())
    yield Text()
    for label, text in _footer(diagnosis):
        first, rest = Text(f"{label:<{_LABEL}}", "dim"), Text(" " * _LABEL)
        yield from wrapped(Text(safe(text)), width=width, first=first, rest=rest)


def _headline(diagnosis: Diagnosis, width: int) -> Iterator[Text]:
    # The last of several: a chain of Python tracebacks ends with the error that the person saw.
    error = diagnosis.traces[-1].headline if diagnosis.traces else "No traceback that could be read"
    mark = Text("\N{BLACK DIAMOND} ", "bold yellow")
    said = diagnosis.cause or error
    yield from wrapped(Text(safe(said), "bold yellow"), width=width, first=mark, rest=Text("  "))
    if diagnosis.cause:
        yield from _row(f"{error} · {diagnosis.confidence:.0%} sure", width, "dim")


def _frame(found: FoundFrame, sources: Mapping[str, str], width: int) -> Iterator[Text]:
    inside = f" in {found.symbol or found.frame.function}" if found.symbol or found.frame.function else ""
    stale = "  (the file has changed since)" if found.stale else ""
    yield from wrapped(
        Text.assemble((safe(f"{found.path}:{found.line}"), "bold"), (safe(inside + stale), "dim")),
        width=width,
        first=Text(),
        rest=Text("  "),
    )
    margin = len(str(found.line + 1))
    for line in code_around(sources.get(found.path, ""), found.line):
        mark = ("\N{BLACK RIGHT-POINTING TRIANGLE} ", "yellow") if line.marked else ("  ", "")
        style = "" if line.marked else "dim"
        yield cut(Text.assemble(mark, (f"{line.number:>{margin}} {_BAR} ", "dim"), (safe(line.text), style)), width)


def _footer(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    for number, hint in enumerate(diagnosis.hints):
        # What is known about the error itself has no place of its own: its place is the frame above.
        place = f"{hint.path}:{hint.line}: " if hint.path and hint.source != "error" else ""
        yield "" if number else "Known", f"{place}{hint.text}"
    for evidence in diagnosis.evidence:
        yield "Evidence", f"{evidence.path}:{evidence.start_line}  {' '.join(evidence.quote.split())}"
    more = len(diagnosis.frames) - _MOST_FRAMES
    if more > 0:
        yield "Frames", f"{counted(more, 'more frame')} in this repository (--format json)"
    if diagnosis.lost:
        # Recursion may pass the same line of a library a thousand times.
        lost = list(dict.fromkeys(f"{lost.frame.path}:{lost.frame.line}" for lost in diagnosis.lost))
        yield "Elsewhere", listed(lost, 3)
    for notice in diagnosis.notices:
        yield "Notice", notice.text
    yield "Model", _model(diagnosis)
    if diagnosis.patch:
        yield "Next", "the same command with --apply puts the patch in; `foureyes fix --undo` takes it back"


def _model(diagnosis: Diagnosis) -> str:
    if any(notice.code == "model" for notice in diagnosis.notices):
        return "The model gave no answer: this is what is known without it."
    if diagnosis.model is None:
        return NO_MODEL
    usage = diagnosis.usage
    spent = money(usage.cost) if usage.calls else "no call was made"
    return f"{diagnosis.model} · {spent}"


def _row(text: str, width: int, style: str = "") -> Iterator[Text]:
    return wrapped(Text(safe(text), style), width=width, first=Text("  "), rest=Text("  "))
