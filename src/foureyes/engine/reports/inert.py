"""Outside text made harmless in Markdown: it can be read, and can do nothing.

No raw HTML, image, link, mention or reference survives, on GitHub, GitLab or Gitea; code spans do. What is given back
is for the middle of a line: callers put a word of their own before it, so that no line begins with outside text and
none is a heading, a list or a slash command.
"""

import re
from collections.abc import Iterable, Sequence

from foureyes.kit.text import printable

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_SPECIAL = re.compile(r"[\\`*_{}\[\]!|~$^]")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//\S+|www\.\S+|\b(?:mailto|data|javascript|xmpp):\S+", re.IGNORECASE)

# A backslash would be gone before forges look for references, so an invisible space breaks them.
# Where forges see a reference: @name, #12, GH-12, !12, &12, ~label, %milestone, $12.
_REFERENCE = re.compile(r"(?<=@)(?=[\w.-])|(?<=[#!&%$~])(?=[\w\"])|(?<=\bGH)(?=-\d)", re.IGNORECASE)
_BREAK = "\N{ZERO WIDTH SPACE}"


def inert(text: str) -> str:
    """Prose of others on one line; its code spans stay code spans."""
    # On one line: block syntax begins at the beginning of a line, so there is none for it.
    line = printable(" ".join(text.split()))
    parts: list[str] = []
    at = 0
    for span in _CODE_SPAN.finditer(line):
        parts += [_prose(line[at : span.start()]), code(span[2].strip() or " ")]
        at = span.end()
    return _joined([*parts, _prose(line[at:])])


def code(text: str) -> str:
    """A code span of one line that its content can't leave."""
    line = printable(text)
    ticks = "`" * (longest_run(line) + 1)
    # A backtick at either end would become part of the fence; the space is dropped by every renderer.
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(lines: Sequence[str], language: str) -> list[str]:
    """A fenced block that its content can't close. Each line must begin with a character of ours."""
    ticks = "`" * max([3, *(longest_run(line) + 1 for line in lines)])
    return [f"{ticks}{language}", *lines, ticks]


def longest_run(text: str) -> int:
    """How many backticks stand together at most."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _prose(text: str) -> str:
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        parts += [_escaped(text[at : address.start()]), code(address[0])]
        at = address.end()
    return _joined([*parts, _escaped(text[at:])])


def _joined(parts: Iterable[str]) -> str:
    """Two code spans that touch would be read as one, or as none: a space parts them."""
    text = ""
    for part in parts:
        text += f" {part}" if text.endswith("`") and part.startswith("`") else part
    return text


def _escaped(text: str) -> str:
    broken = _REFERENCE.sub(_BREAK, text)
    return _SPECIAL.sub(r"\\\g<0>", broken).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
