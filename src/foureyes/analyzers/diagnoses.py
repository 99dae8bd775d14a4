"""From what tools print to diagnostics: grades for rules, titles of one line, edits as whole lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from foureyes.analyzers.port import AnalyzedFile, Diagnostic, Replacement
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode, printable, shortened

TITLE_LENGTH: Final = 90
_SHORTEST_TITLE: Final = 15
_MOST_EDITED_LINES: Final = 12
"""A fix over more lines than this is no suggestion that someone reads and accepts."""


@dataclass(frozen=True, slots=True)
class Grade:
    """What we make of one rule of a tool. `why` is a sentence for people who do not know the rule."""

    severity: Severity
    category: Category
    why: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A range of lines, counted from 1, both ends included."""

    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Edit:
    """New text between two points. Lines and columns count from 1, columns in characters; the end is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


def diagnosis(
    place: Place,
    *,
    tool: str,
    rule: str,
    message: str,
    grade: Grade,
    details: str = "",
    url: str | None = None,
    replacement: Replacement | None = None,
) -> Diagnostic:
    """A diagnostic whose message is one line of at most 90 characters; the rest goes into the explanation."""
    title, rest = _title(_one_line(message))
    explanation = " ".join(filter(None, (rest, grade.why, _sentence(_one_line(details)))))
    return Diagnostic(
        path=place.path,
        start_line=place.start_line,
        end_line=max(place.start_line, place.end_line),
        tool=tool,
        rule=rule,
        message=title,
        severity=grade.severity,
        category=grade.category,
        explanation=explanation,
        url=url,
        replacement=replacement,
        confidence=grade.confidence,
    )


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else text + "."


def _title(message: str) -> tuple[str, str]:
    """The first sentence, where it says enough, and the rest; a title that had to be cut repeats itself there."""
    first, *others = re.split(r"(?<=[\w)`'\"])[.;] (?=[A-Z`])", message, maxsplit=1)
    if len(first) < _SHORTEST_TITLE:
        first, others = message, []
    title = first.rstrip(". ")
    if len(title) > TITLE_LENGTH:
        return shortened(title, TITLE_LENGTH), _sentence(message)
    return title, _sentence(" ".join(others))


def lines_of(file: AnalyzedFile) -> list[str]:
    """The file's lines as tools count them: ended by LF, with no line behind the last one."""
    lines = decode(file.content).split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def replacement(lines: Sequence[str], edits: Sequence[Edit]) -> Replacement | None:
    """`edits` as new text for whole lines, or None where they overlap, lie outside or spread too far."""
    if not edits:
        return None
    edits = sorted(edits, key=lambda edit: (edit.start_line, edit.start_column, edit.end_line, edit.end_column))
    first, last = edits[0].start_line, max(edit.end_line for edit in edits)
    # A tool may have read another version than we hold; a fix that lies outside can't be shown against these lines.
    if first < 1 or last > len(lines) + 1 or last - first >= _MOST_EDITED_LINES:
        return None
    # An edit that ends in column 1 takes the newline before it, so the line it ends on is needed to join with.
    text = "".join(line + "\n" for line in lines[first - 1 : last])
    starts = _line_starts(text)
    changed: list[str] = []
    at = 0
    for edit in edits:
        start = starts[edit.start_line - first] + edit.start_column - 1
        end = starts[edit.end_line - first] + edit.end_column - 1
        # Overlapping edits depend on their order, which tools do not promise: better no suggestion than a wrong one.
        if not at <= start <= end <= len(text):
            return None
        changed += (text[at:start], edit.text)
        at = end
    result = "".join((*changed, text[at:]))
    return None if result == text else _trimmed(first, text.split("\n")[:-1], result.removesuffix("\n").split("\n"))


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _trimmed(first: int, before: list[str], after: list[str]) -> Replacement:
    """Leave out lines at both ends that stay as they are."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return Replacement(first + head, first + len(before) - 1 - tail, tuple(after[head : len(after) - tail]))
