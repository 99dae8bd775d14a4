"""Characters that make code look like something it is not: bidi controls, zero width, tag block, look-alike letters.

Sources: "Trojan Source" (CVE-2021-42574, CVE-2021-42694) and Unicode TR36, TR39.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class HiddenKind(StrEnum):
    BIDI = "bidi-control"
    ZERO_WIDTH = "zero-width"
    TAG = "tag-block"
    BOM = "byte-order-mark"
    LOOKALIKE = "look-alike-identifier"


@dataclass(frozen=True, slots=True)
class Hidden:
    """What was found where: `line` and `column` count from 1 in characters, `text` is the raw characters."""

    line: int
    column: int
    kind: HiddenKind
    text: str
    right_to_left: bool = False
    """Whether its line also holds right-to-left letters, where bidi controls have honest uses."""

    @property
    def codes(self) -> str:
        """The code points, such as `U+202E U+2066`; at most four, so that a title stays short."""
        codes = [f"U+{ord(character):04X}" for character in self.text]
        return " ".join(codes[:4]) + (" ..." if len(codes) > 4 else "")


_RTL: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_JOINED: Final = "\u0600-\u0e7f\u1000-\u109f\u1780-\u18af"
"""Scripts whose spelling needs the zero-width joiner or non-joiner: Arabic, the Indic ones, Khmer, Mongolian."""

# Emoji that are written with invisible characters on purpose: families and professions (joiner), flags of
# England, Scotland and Wales (tag characters).
_HONEST: Final = re.compile(
    "\U0001f3f4[\U000e0030-\U000e007a]{1,6}\U000e007f"
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
    f"|(?<=[{_JOINED}])[\u200c\u200d]"
)
_UNSEEN: Final = re.compile(
    "(?P<bidi>[\u061c\u202a-\u202e\u2066-\u2069]+|[\u200e\u200f]+)"
    "|(?P<zero>[\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\uffa0]+)"
    "|(?P<tag>[\U000e0000-\U000e007f]+|(?<![\u3400-\u9fff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]+)"
    "|(?P<bom>\ufeff)"
)
_KINDS: Final = {
    "bidi": HiddenKind.BIDI,
    "zero": HiddenKind.ZERO_WIDTH,
    "tag": HiddenKind.TAG,
    "bom": HiddenKind.BOM,
}
# Cyrillic, Greek and Armenian letters that most fonts draw like a Latin one (a selection of TR39's confusables).
_LOOKALIKES: Final = frozenset("аеорсухѕіјһԁԛԝӏАВЕКМНОРСТУХЅІЈԌԚԜοΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳօսոցհ")
_UNSEEN_RANGES: Final = (
    *((0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xE0000, 0xE007F), (0xE0100, 0xE01EF)),
)
_SUSPECTS: Final = _LOOKALIKES.union(chr(code) for first, last in _UNSEEN_RANGES for code in range(first, last + 1))
"""Every character that a finding can hold: most lines that are not ASCII have none of them."""
_WORD: Final = re.compile(r"\w+")
_LATIN: Final = re.compile("[A-Za-z]")


def find_hidden(text: str) -> list[Hidden]:
    """Every run of hidden characters and every look-alike identifier, in order. One at offset 0 is an honest BOM."""
    if text.isascii():
        return []
    found: list[Hidden] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not (line.isascii() or _SUSPECTS.isdisjoint(line)):
            found += _in_line(number, line)
    return found


def strip_hidden(text: str) -> str:
    """`text` without the characters that can't be seen. Lines stay where they are; look-alike letters stay too."""
    if text.isascii():
        return text
    # Families and flags fall apart without their joiners, and people would wonder who changed their text.
    keep = [match.span() for match in _HONEST.finditer(text)]
    parts: list[str] = []
    at = 0
    for start, end in keep:
        parts += (_UNSEEN.sub("", text[at:start]), text[start:end])
        at = end
    return "".join((*parts, _UNSEEN.sub("", text[at:])))


def _in_line(number: int, line: str) -> Iterator[Hidden]:
    right_to_left = re.search(f"[{_RTL}]", line) is not None
    shown = _HONEST.sub(lambda match: "\N{BLACK SQUARE}" * len(match[0]), line)
    for match in _UNSEEN.finditer(shown):
        kind = _KINDS[match.lastgroup or ""]
        if kind is HiddenKind.BOM and number == 1 and match.start() == 0:
            continue
        yield Hidden(number, match.start() + 1, kind, match[0], right_to_left)
    for match in _WORD.finditer(shown) if not _LOOKALIKES.isdisjoint(shown) else ():
        if _poses_as_latin(match[0]):
            yield Hidden(number, match.start() + 1, HiddenKind.LOOKALIKE, match[0], right_to_left)


def _poses_as_latin(word: str) -> bool:
    """Latin letters beside others that all look Latin. A Russian word with one Latin slip holds plain Cyrillic too."""
    others = [character for character in word if not character.isascii() and character.isalpha()]
    return bool(others) and _LOOKALIKES.issuperset(others) and _LATIN.search(word) is not None
