"""Token counts without a tokenizer: a guess for planning and honest twins, and a ceiling for reservations."""

import re

_PIECES = re.compile(
    r"(?P<letters>[A-Za-z]+)|(?P<same>([ \t\n\r])\3*)|(?P<foreign>[^\x00-\x7f]+)|(?P<sign>.)", re.DOTALL
)
_OVERHEAD = 1000
"""What providers add of their own: chat templates, and the system text that explains a tool (Anthropic: 350 or so)."""


def guessed(text: str) -> int:
    """About how many tokens a text is: code and English run at 3 to 4 bytes a token."""
    return -(-len(text.encode("utf-8", "surrogatepass")) * 2 // 7)


def ceiling(*texts: str) -> int:
    """More tokens than a request with these texts can be: words at two letters a token, every sign for itself.

    Byte-level tokenizers make at most one token of a byte; only runs of one blank and letters are counted cheaper,
    because every vocabulary in use merges those.
    """
    return _OVERHEAD + sum(_most(text) for text in texts)


def _most(text: str) -> int:
    count = 0
    for match in _PIECES.finditer(text):
        if match.lastgroup == "letters":
            count += -(-len(match[0]) // 2)
        elif match["same"]:
            count += 1 + len(match[0]) // 16
        elif match.lastgroup == "foreign":
            count += len(match[0].encode("utf-8", "surrogatepass"))
        else:
            count += 1
    return count
