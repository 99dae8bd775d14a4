"""What a model answers about an error, and what of it holds: quotes that are in the code, a patch that was tried."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, Field

from foureyes.code.syntax import Syntax
from foureyes.engine.debug.locate import Source
from foureyes.engine.debug.values import Evidence, FilePatch
from foureyes.engine.masking import shown
from foureyes.engine.suggest import apply
from foureyes.engine.values import Suggestion
from foureyes.kit.text import printable

# Models copy the number margin of the excerpt into their quotes, and the mark of a frame with it.
_MARGIN = re.compile(r"^[> ]?\s*\d+ \| ?")
# Secrets are shown as stars (`analyzers.secrets`): a patch that writes them would destroy the real secret.
_MASK = re.compile(r"\*{6,}")
# A shorter part, such as `)` or `else`, is found on so many lines that it would prove anything.
_SHORTEST_PART = 6


class QuotedLines(BaseModel):
    path: str
    first_line: int
    last_line: int
    quote: Annotated[str, Field(max_length=4000)]


class ReplacedLines(BaseModel):
    first_line: int
    last_line: int
    lines: Annotated[list[str], Field(max_length=400)]


class PatchedFile(BaseModel):
    path: str
    replacements: Annotated[list[ReplacedLines], Field(min_length=1, max_length=40)]


class DebugAnswer(BaseModel):
    """The cause of an error with its proof, and a patch where the model is sure of one."""

    cause: Annotated[str, Field(max_length=600)]
    explanation: Annotated[str, Field(max_length=4000)]
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: Annotated[list[QuotedLines], Field(max_length=20)]
    patch: Annotated[list[PatchedFile], Field(max_length=10)] = []


class PatchRefusedError(Exception):
    """A patch that can't be offered; `reason` ends the sentence "The patch was dropped: ..."."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def proven(answer: DebugAnswer, sources: Mapping[str, Source]) -> tuple[list[Evidence], list[str]]:
    """The evidence whose quotes are in the files, on the lines where they really are; and why the rest is not."""
    found: list[Evidence] = []
    refused: list[str] = []
    for each in answer.evidence:
        place = f"{printable(each.path)}:{each.first_line}"
        source = sources.get(each.path)
        lines = _place_of(each, source.lines) if source else None
        if source is None:
            refused.append(f"{place}: no such file was shown")
        elif lines is None:
            refused.append(f"{place}: the quoted text is not in the file")
        else:
            found.append(
                Evidence(
                    each.path, lines.start, lines.stop - 1, "\n".join(source.lines[lines.start - 1 : lines.stop - 1])
                )
            )
    return found, refused or (["no line was quoted"] if not found else [])


def tried_patch(answer: DebugAnswer, sources: Mapping[str, Source]) -> tuple[FilePatch, ...]:
    """The patch of an answer, applied and parsed, all of it.

    Raises:
        PatchRefusedError: a part of it does not apply, breaks a file, or would write a mask over a secret.
    """
    return tuple(_patched(each, sources) for each in answer.patch)


def _place_of(said: QuotedLines, lines: Sequence[str]) -> range | None:
    """Where a quote is: at the claimed lines, or at the only place that holds it. Blank lines don't count."""
    parts = [part for part in map(_plain, said.quote.splitlines()) if part]
    full = [(number, plain) for number, text in enumerate(lines, 1) if (plain := _plain(text))]
    places = list(_places(parts, full)) if parts else []
    # The numbers of a model are often a line or two off; a quote that touches them is the one it means.
    claimed = [place for place in places if place.start <= said.last_line and said.first_line < place.stop]
    if claimed:
        return claimed[0]
    return places[0] if len(places) == 1 else None


def _places(parts: Sequence[str], full: Sequence[tuple[int, str]]) -> Iterator[range]:
    for start in range(len(full) - len(parts) + 1):
        window = full[start : start + len(parts)]
        if all(_holds(text, part) for (_, text), part in zip(window, parts, strict=True)):
            yield range(window[0][0], window[-1][0] + 1)


def _holds(line: str, part: str) -> bool:
    return part == line or (len(part) >= _SHORTEST_PART and part in line)


def _plain(line: str) -> str:
    return " ".join(_MARGIN.sub("", line, count=1).split())


def _patched(said: PatchedFile, sources: Mapping[str, Source]) -> FilePatch:
    name = printable(said.path)
    source = sources.get(said.path)
    if source is None:
        raise PatchRefusedError(f"{name} was not shown to the model")
    parts = sorted(said.replacements, key=lambda part: (part.first_line, part.last_line))
    if any(later.first_line <= earlier.last_line for earlier, later in pairwise(parts)):
        raise PatchRefusedError(f"its replacements in {name} overlap")
    if any(_MASK.search(line) and line not in source.text for part in parts for line in part.lines):
        raise PatchRefusedError(f"it would write a mask into {name}")
    after = source.text
    # From the last to the first: a replacement moves the numbers of all lines behind it.
    for part in reversed(parts):
        try:
            after = apply(after, Suggestion(part.first_line, part.last_line, tuple(part.lines)))
        except ValueError as exc:
            raise PatchRefusedError(f"it does not apply to {name}: {exc}") from exc
    if after == source.text:
        raise PatchRefusedError(f"it changes nothing in {name}")
    if _breaks(source, after):
        raise PatchRefusedError(f"{name} would not parse any more")
    tried = ("applies", "parses") if source.syntax else ("applies",)
    replacements = tuple(Suggestion(part.first_line, part.last_line, tuple(part.lines), tried) for part in parts)
    return FilePatch(said.path, replacements, after, _diff(source, after))


def _breaks(source: Source, after: str) -> bool:
    # A file may be broken already, by the very error that is looked into: only new errors are the patch's.
    syntax = Syntax.parse(after, source.language) if source.syntax else None
    return bool(syntax and source.syntax and len(syntax.error_lines) > len(source.syntax.error_lines))


def _diff(source: Source, after: str) -> str:
    lines = difflib.unified_diff(
        source.lines, shown(after).split("\n"), f"a/{source.path}", f"b/{source.path}", lineterm=""
    )
    return "\n".join(lines)
