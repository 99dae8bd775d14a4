"""The code around a finding, line by line, and its suggestion as a small diff: what the forms for people show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from foureyes.analyzers.secrets import mask
from foureyes.diff.values import Change, Side
from foureyes.engine.values import Finding, Suggestion
from foureyes.kit.text import printable

BEFORE = 2
"""Lines of context over the first line of a finding."""

_HEAD, _TAIL = 5, 2
_WIDEST = 400
_LONGEST_DIFF = 400


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One line of code, safe to print; `number` is None where lines between were left out."""

    number: int | None
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a suggestion: `sign` is `-`, `+` or a space."""

    sign: str
    text: str


def frame(finding: Finding, sources: Mapping[str, str], change: Change) -> list[FrameLine]:
    """The finding's own lines (the middle of many left out) under a little context, as far as they are known."""
    known = _known_lines(finding, sources, change)
    first, last = finding.start_line, max(finding.start_line, finding.end_line)
    context = [_line(known, number, marked=False) for number in range(first - BEFORE, first) if number in known]
    # Bounded by what is known: a tool may claim any number of lines.
    own = [number for number in range(first, min(last, first + len(known)) + 1) if number in known]
    if len(own) <= _HEAD + _TAIL:
        return context + [_line(known, number, marked=True) for number in own]
    head = [_line(known, number, marked=True) for number in own[:_HEAD]]
    tail = [_line(known, number, marked=True) for number in own[-_TAIL:]]
    return [*context, *head, FrameLine(None, f"{len(own) - _HEAD - _TAIL} more", marked=True), *tail]


def code_around(text: str, line: int) -> list[FrameLine]:
    """A line of a text with a little context above and below it."""
    known = dict(enumerate(text.split("\n"), 1))
    around = range(max(line - BEFORE, 1), line + 2)
    return [_line(known, number, marked=number == line) for number in around if known.get(number) is not None]


def suggested(suggestion: Suggestion, path: str, sources: Mapping[str, str]) -> list[DiffLine]:
    """What the suggestion takes away and puts in, the lines it keeps between them included."""
    old: Sequence[str] = ()
    if path in sources:
        old = sources[path].split("\n")[suggestion.start_line - 1 : suggestion.end_line]
    old, new = [_clean(line) for line in old], [_clean(line) for line in suggestion.lines]
    # Comparing takes time with the square of the lines; past this, nobody reads which of them stayed.
    if len(old) + len(new) > _LONGEST_DIFF:
        return [DiffLine("-", line) for line in old] + [DiffLine("+", line) for line in new]
    lines: list[DiffLine] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [DiffLine(" ", line) for line in old[old_from:old_to]]
            continue
        lines += [DiffLine("-", line) for line in old[old_from:old_to]]
        lines += [DiffLine("+", line) for line in new[new_from:new_to]]
    return lines


def _known_lines(finding: Finding, sources: Mapping[str, str], change: Change) -> Mapping[int, str]:
    if finding.side is Side.RIGHT and finding.path in sources:
        return dict(enumerate(sources[finding.path].split("\n"), 1))
    # A file that is gone, binary or too large has no source here: the diff, then the quote, still show the line.
    in_diff = _lines_in_diff(finding, change)
    if finding.start_line in in_diff:
        return in_diff
    return dict(enumerate(finding.evidence.split("\n"), finding.start_line)) if finding.evidence else {}


def _lines_in_diff(finding: Finding, change: Change) -> Mapping[int, str]:
    file = change.file(finding.path)
    lines = [line for hunk in file.hunks for line in hunk.lines] if file else []
    if finding.side is Side.LEFT:
        return _masked({line.old: line.text for line in lines if line.old is not None})
    return _masked({line.new: line.text for line in lines if line.new is not None})


def _masked(lines: Mapping[int, str]) -> Mapping[int, str]:
    """The same lines without secrets; `sources` come masked, a change does not."""
    return dict(zip(lines, mask("\n".join(lines.values())).split("\n"), strict=True)) if lines else {}


def _line(known: Mapping[int, str], number: int, *, marked: bool) -> FrameLine:
    return FrameLine(number, _clean(known[number]), marked)


def _clean(line: str) -> str:
    # A generated line may have megabytes: nobody reads past its beginning.
    return printable(line.removesuffix("\r")[:_WIDEST].expandtabs(4))
