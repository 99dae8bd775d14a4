"""What the author says above a patch: the mail of `git format-patch`, or the header of `git show`."""

import re

from foureyes.kit.text import decode

_LONGEST = 20_000
_FIRST_FILE = re.compile(r"^(?:diff --git |--- |Index: )", re.MULTILINE)
_MAIL = re.compile(
    r"^Subject: (?:\[[^\]\n]*\] ?)*(?P<title>[^\n]+(?:\n[ \t][^\n]+)*)\n(?:[^\n]+\n)*\n(?P<body>.*?)(?:^---$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SHOWN = re.compile(r"^commit [0-9a-f]{7,64}[^\n]*\n(?:[A-Z]\w*: [^\n]*\n)+\n(?P<words>(?:(?:    [^\n]*)?\n)+)")


def words_of(patch: bytes) -> tuple[str, str]:
    """Title and description, each empty where there is none."""
    text = decode(patch[:_LONGEST]).replace("\r\n", "\n")
    first = _FIRST_FILE.search(text)
    above = text[: first.start()] if first else ""
    mail = _MAIL.search(above)
    if mail:
        return " ".join(mail["title"].split()), mail["body"].strip()
    shown = _SHOWN.match(above)
    title, _, body = _unindented(shown["words"]).partition("\n") if shown else ("", "", "")
    return title, body.strip()


def _unindented(words: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in words.split("\n")).strip()
