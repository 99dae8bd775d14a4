"""What is expected of one realistic file: its symbols, what its lines use and call, and where it breaks."""

from dataclasses import dataclass
from textwrap import dedent

from foureyes.code.languages import Language
from foureyes.code.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Place:
    """A line, told by a part of its text, with the symbol around it and the names that it uses and calls."""

    text: str
    inside: str
    uses: str
    calls: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A version of the file with `old` replaced by `new`, and the lines that it can't be read on."""

    old: str
    new: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """`symbols` are lines of kind, qualified name, first and last line and, behind a colon, the line of the name.

    `complexity` holds only what is over 1; `imports` are lines of number, module and names.
    """

    language: Language
    source: str
    symbols: str
    places: tuple[Place, ...]
    imports: str
    complexity: dict[str, int]
    broken: tuple[Broken, ...]

    def __str__(self) -> str:
        return self.language.value

    @property
    def text(self) -> str:
        return dedent(self.source)

    def line_of(self, part: str) -> int:
        """The number of the only line that holds `part`."""
        [number] = [number for number, line in enumerate(self.text.split("\n"), 1) if part in line]
        return number

    def parsed(self) -> Syntax:
        return parsed(self.text, self.language)

    def expected(self, table: str) -> list[str]:
        return [line.strip() for line in table.strip().split("\n") if line.strip()]


def parsed(text: str, language: Language) -> Syntax:
    syntax = Syntax.parse(text, language)
    assert syntax is not None
    return syntax
