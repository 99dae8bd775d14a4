"""Text that came from elsewhere: decoding bytes without loss, and making them safe to print."""

import re
import unicodedata

# C0 and C1 controls (but tab), bidi controls, zero-width and tag-block characters: each can lie about what is shown.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)

_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(raw: bytes) -> str:
    """UTF-8 text; bytes that are not UTF-8 become lone surrogates, so that `encode` gives the same bytes back."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that `decode` came from."""
    return text.encode("utf-8", "surrogateescape")


def well_formed(text: str) -> str:
    """Text that any encoder accepts: lone surrogates become U+FFFD."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def printable(text: str) -> str:
    """One line that can't move a cursor, hide characters or reorder text: those are written as \\xNN or \\u{N}."""
    return _UNPRINTABLE.sub(_written_out, well_formed(text))


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def folded(text: str) -> str:
    """Text for comparing: NFKC, case folded, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `3 files`; `plural` where adding an s is wrong."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
