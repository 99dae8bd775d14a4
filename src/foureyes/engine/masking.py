"""A change as a prompt may show it: secrets masked and hidden characters gone, line for line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from foureyes.analyzers.hidden import strip_hidden
from foureyes.analyzers.secrets import mask
from foureyes.diff.values import FileChange, Hunk, Line, LineKind
from foureyes.kit.text import well_formed


def shown(text: str) -> str:
    """`text` as a prompt may show it; as many lines as before."""
    # Hidden characters go first: one of them inside of a key would hide the key from the search for secrets.
    return mask(strip_hidden(well_formed(text)))


@dataclass(frozen=True, slots=True)
class MaskedVersion:
    """One version of a file, as it is and as it may be shown, line by line. Without a text it knows no line."""

    lines: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, masked: str) -> "MaskedVersion":
        return cls(tuple(text.split("\n")), tuple(masked.split("\n")))

    def line(self, number: int | None, text: str) -> str | None:
        """How line `number` may be shown; None where this version has no such line with this text."""
        if number is None or not 0 < number <= len(self.lines) or self.lines[number - 1] != text:
            return None
        return self.shown[number - 1]


def masked_file(file: FileChange, base: MaskedVersion, head: MaskedVersion) -> FileChange:
    """The file with the text of its hunks as it may be shown."""
    return replace(file, hunks=tuple(_masked_hunk(hunk, base, head) for hunk in file.hunks))


def _masked_hunk(hunk: Hunk, base: MaskedVersion, head: MaskedVersion) -> Hunk:
    texts = [_known(line, base, head) for line in hunk.lines]
    # The whole file knows more: a private key is one only between its first and last line.
    if None in texts:
        alone = list(_alone(hunk))
        texts = [other if text is None else text for text, other in zip(texts, alone, strict=True)]
    lines = (
        line if text is None or text == line.text else line._replace(text=text)
        for line, text in zip(hunk.lines, texts, strict=True)
    )
    return replace(hunk, section=shown(hunk.section), lines=tuple(lines))


def _known(line: Line, base: MaskedVersion, head: MaskedVersion) -> str | None:
    if line.kind is LineKind.REMOVED:
        return base.line(line.old, line.text)
    return head.line(line.new, line.text)


def _alone(hunk: Hunk) -> Iterator[str]:
    """The hunk's lines masked without the rest of the file: each side as one text, so that long secrets are seen."""
    sides = {
        removed: iter(shown("\n".join(line.text for line in hunk.lines if _is_removed(line) is removed)).split("\n"))
        for removed in (True, False)
    }
    return (next(sides[_is_removed(line)]) for line in hunk.lines)


def _is_removed(line: Line) -> bool:
    return line.kind is LineKind.REMOVED
