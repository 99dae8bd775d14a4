"""What packing is given and what it gives: files to ask about, pieces of files, and units of related pieces."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from foureyes.analyzers.port import Diagnostic
from foureyes.code.languages import Language
from foureyes.diff.values import FileChange
from foureyes.engine.risk import Assessment, Risk
from foureyes.llm.tokens import guessed

T = TypeVar("T")

_GAP = "    ...\n"


@dataclass(frozen=True, slots=True)
class AskedFile:
    """One file to ask the model about, safe to be shown: secrets masked, hidden characters gone, no line more or less.

    `file` holds the hunks so masked, `text` the head version. `partial`: only lines of hunks are known of the text.
    """

    file: FileChange
    text: str
    language: Language | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    instructions: tuple[str, ...] = ()
    partial: bool = False

    @property
    def path(self) -> str:
        return self.file.path


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Code from beside the change, to be read and not to be reviewed. `label` names it in a finding's trace."""

    label: str
    text: str

    @property
    def tokens(self) -> int:
        return guessed(self.label) + guessed(self.text)

    def shortened(self, tokens: int) -> Self:
        """The first of its lines that fit into so many tokens; one line at least."""
        lines = self.text.split("\n")
        kept = len(lines)
        while kept > 1 and guessed(self.label) + guessed("\n".join(lines[:kept])) + 2 > tokens:
            kept -= 1
        return self if kept == len(lines) else replace(self, text="\n".join([*lines[:kept], "..."]))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of one file that fits into a unit: the whole of its hunks, or some of them, or some lines of one.

    `hunks` are indices into the file's hunks, `lines` the part of the new file that it is about. `blocks` are runs of
    numbered lines with gaps between them. `near` are paths of this change that the file has to do with. `context`
    names what was put in beside the hunks. `tokens` is about what the piece adds to a prompt. `key` is the SHA-256 of
    all that the model is told about this piece, and of nothing that may stand beside it in a unit: an answer can be
    found again by it.
    """

    path: str
    hunks: tuple[int, ...]
    lines: range
    heading: str
    blocks: tuple[str, ...]
    excerpts: tuple[Excerpt, ...]
    instructions: tuple[str, ...]
    analysers_said: tuple[str, ...]
    assessment: Assessment
    near: frozenset[str]
    context: tuple[str, ...]
    key: str
    tokens: int

    @property
    def risk(self) -> Risk:
        return self.assessment.risk

    @property
    def code(self) -> str:
        """The numbered lines under the heading."""
        return f"{self.heading}\n{_GAP.join(self.blocks)}"


def keyed(
    path: str,
    *,
    hunks: tuple[int, ...],
    lines: range,
    heading: str,
    blocks: tuple[str, ...],
    assessment: Assessment,
    excerpts: tuple[Excerpt, ...] = (),
    instructions: tuple[str, ...] = (),
    analysers_said: tuple[str, ...] = (),
    near: frozenset[str] = frozenset(),
    context: tuple[str, ...] = (),
) -> Piece:
    """A piece with its key and its tokens."""
    # What is near is left out: it only orders the pieces, and an answer would be lost for nothing.
    words = [path, assessment.risk, heading, *blocks, *instructions, *analysers_said]
    words += [part for excerpt in excerpts for part in (excerpt.label, excerpt.text)]
    key = hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()
    tokens = sum(map(guessed, words)) + len(blocks)
    return Piece(
        path,
        hunks,
        lines,
        heading,
        blocks,
        excerpts,
        instructions,
        analysers_said,
        assessment,
        near,
        context,
        key,
        tokens,
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """Related pieces that are judged in one call. `id` is made of their keys."""

    id: str
    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Self:
        keys = "\0".join(piece.key for piece in pieces)
        return cls(hashlib.sha256(keys.encode()).hexdigest()[:16], tuple(pieces))

    @property
    def paths(self) -> tuple[str, ...]:
        return _unique(piece.path for piece in self.pieces)

    @property
    def code(self) -> str:
        """All that is to be reviewed, then what is only to be read; each excerpt once."""
        parts = [piece.code for piece in self.pieces]
        excerpts = dict.fromkeys(excerpt for piece in self.pieces for excerpt in piece.excerpts)
        if excerpts:
            parts.append("=== Only to be read, not part of the change ===")
            parts += [f"{excerpt.label}\n{excerpt.text}" for excerpt in excerpts]
        return "\n\n".join(part.rstrip("\n") for part in parts)

    @property
    def instructions(self) -> tuple[str, ...]:
        return _unique(words for piece in self.pieces for words in piece.instructions)

    @property
    def analysers_said(self) -> tuple[str, ...]:
        return _unique(words for piece in self.pieces for words in piece.analysers_said)

    @property
    def context(self) -> tuple[str, ...]:
        """What was put in beside the hunks, for the trace of a finding."""
        return _unique(words for piece in self.pieces for words in piece.context)

    @property
    def risk(self) -> Risk:
        return max((piece.risk for piece in self.pieces), key=lambda risk: risk.rank)

    @property
    def tokens(self) -> int:
        """About what the unit adds to a prompt."""
        return guessed(self.code) + sum(map(guessed, (*self.instructions, *self.analysers_said)))

    def shuffled(self, number: int) -> Self:
        """The unit for pass `number`, counted from 0: from 1 on with pieces and blocks in another order.

        The order hangs on the unit's id and the number alone, so that a replay asks the same.
        """
        if number == 0:
            return self
        order = random.Random(f"{self.id}:{number}")  # noqa: S311  # It must be the same again, not hard to guess.
        pieces = [replace(piece, blocks=_shuffled(piece.blocks, order)) for piece in self.pieces]
        return replace(self, pieces=_shuffled(pieces, order))


@dataclass(frozen=True, slots=True)
class Unpackable:
    """A hunk that no unit holds, and why."""

    path: str
    hunk: int
    reason: str


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _shuffled(items: Sequence[T], order: random.Random) -> tuple[T, ...]:
    return tuple(order.sample(items, len(items)))
