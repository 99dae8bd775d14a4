"""Lines for a terminal: outside text made harmless, wrapped behind a prefix, cut where they must not wrap."""

import re
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from foureyes.kit.text import printable

# Under this, one word a line is left beside the margins; a terminal that claims less is rarely one that is read.
NARROWEST = 40
DIFF_STYLES = {"-": "red", "+": "green", "@": "cyan"}

# GitHub's runner trims a line before it looks for `::` at its beginning, and finds `##[` anywhere in one.
_WORKFLOW_COMMAND = re.compile(r"(?<!\S)(?=::)|(?<=##)(?=\[)")
_WORD_JOINER = "\N{WORD JOINER}"
# rich asks a console how text is laid out before it wraps any; nothing is printed on this one.
_RULER = Console(width=1000, file=None, no_color=True)


def safe(text: str) -> str:
    """One harmless line: nothing that moves the cursor, hides, or acts as a command in a CI log."""
    return _WORKFLOW_COMMAND.sub(_WORD_JOINER, printable(text))


def wrapped(text: Text, *, width: int, first: Text, rest: Text) -> Iterator[Text]:
    """`text` in lines of at most `width`, behind `first` on the first line and behind `rest` on the others."""
    # A long label or margin must not leave nothing: then lines are wider than asked for, and still whole.
    room = max(width - max(first.cell_len, rest.cell_len), 8)
    for number, line in enumerate(text.wrap(_RULER, room, overflow="fold")):
        line.rstrip()
        yield Text.assemble(rest if number else first, line)


def cut(text: Text, width: int) -> Text:
    """`text` on one line of at most `width`; the last character says that something was cut."""
    text.truncate(width, overflow="ellipsis")
    text.rstrip()
    return text


def diff_line(line: str) -> Text:
    """A line of a unified diff in the colour of what it does."""
    if line.startswith(("---", "+++")):
        return Text(safe(line), "bold")
    return Text(safe(line), DIFF_STYLES.get(line[:1], "dim"))


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of outside text, each made harmless."""
    return [safe(line.strip()) for line in text.splitlines() if line.strip()]
