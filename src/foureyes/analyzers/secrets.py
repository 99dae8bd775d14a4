"""Secrets in text: found fast and with few false alarms as an analyser, and masked with a wider net for prompts."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from foureyes.analyzers import secret_patterns
from foureyes.analyzers.secret_patterns import LONG_RUN, PATTERNS, RUN_CHARACTERS, SecretPattern
from foureyes.kit.severity import Severity

_MASK: Final = "*"
_SHAPE: Final = bytes(ord("x") if code in RUN_CHARACTERS else ord(" ") for code in range(256))
_RUN: Final = b"x" * LONG_RUN
_KEY_WINDOW: Final = 16_384
"""A private key longer than this is none; it also bounds the search for the END line."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands: offsets into the text (end exclusive), and lines counted from 1, columns from 0."""

    kind: str
    title: str
    start: int
    end: int
    line: int
    end_line: int
    column: int
    severity: Severity
    certain: bool
    """False for what only the wide net of `mask` takes in: weak, short or probably only an example."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str
    title: str
    severity: Severity
    certain: bool = True


def find_secrets(text: str, *, wide: bool = False) -> list[Secret]:
    """Secrets in the order of the text, none overlapping. `wide` adds the doubtful ones, with `certain` False."""
    spans = sorted((span for span in _spans(text) if span.certain or wide), key=lambda span: span.start)
    return _placed(text, _merged(spans))


def mask(text: str) -> str:
    """`text` with every secret, doubtful ones included, as asterisks: same length, same lines, same columns.

    Give it whole files, and cut hunks out afterwards: the middle of a private key alone can't be recognised.
    """
    parts: list[str] = []
    at = 0
    for secret in find_secrets(text, wide=True):
        parts += (text[at : secret.start], re.sub(r"[^\r\n]", _MASK, text[secret.start : secret.end]))
        at = secret.end
    return "".join((*parts, text[at:]))


def _merged(spans: list[_Span]) -> list[_Span]:
    """Overlapping spans as one, with the name of the best of them."""
    merged: list[_Span] = []
    for span in spans:
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            continue
        last = merged[-1]
        best = max(last, span, key=lambda one: (one.certain, one.severity.rank))
        merged[-1] = replace(best, start=last.start, end=max(last.end, span.end))
    return merged


def _placed(text: str, spans: list[_Span]) -> list[Secret]:
    secrets: list[Secret] = []
    line, at = 1, 0
    for span in spans:
        line += text.count("\n", at, span.start)
        at = span.start
        end_line = line + text.count("\n", span.start, span.end)
        column = span.start - (text.rfind("\n", 0, span.start) + 1)
        secrets.append(
            Secret(span.kind, span.title, span.start, span.end, line, end_line, column, span.severity, span.certain)
        )
    return secrets


def _spans(text: str) -> Iterator[_Span]:
    runs = _long_runs(text)
    for row in PATTERNS:
        where = text if row.apart else runs
        if any(word in where for word in row.words):
            yield from _of_provider(row, text)
    yield from _private_keys(text)
    yield from _in_urls(text)
    yield from _assigned(text)


def _long_runs(text: str) -> str:
    """The parts of `text` that are long enough to be keys. A tenth of ordinary code, and found ten times as fast."""
    raw = text.encode("utf-8", "replace")
    shape = raw.translate(_SHAPE)
    parts: list[bytes] = []
    at = shape.find(_RUN)
    while at >= 0:
        end = shape.find(b" ", at)
        end = len(raw) if end < 0 else end
        parts.append(raw[at:end])
        at = shape.find(_RUN, end)
    return b" ".join(parts).decode("ascii")


def _of_provider(row: SecretPattern, text: str) -> Iterator[_Span]:
    for match in row.pattern.finditer(text):
        certain = not _is_placeholder(match[1]) and _entropy(match[1]) > 2.5
        yield _Span(*match.span(1), row.kind, row.title, row.severity, certain)


def _private_keys(text: str) -> Iterator[_Span]:
    for begin in secret_patterns.PRIVATE_KEY_BEGIN.finditer(text):
        end = secret_patterns.PRIVATE_KEY_END.search(text, begin.end(), begin.end() + _KEY_WINDOW)
        stop = end.start() if end else _end_of_base64(text, begin.end())
        body = re.sub(r"\\n|[\s\"'+,\\]", "", text[begin.end() : stop])
        if body:
            certain = len(body) > 40 and _entropy(body) > 3.5
            yield _Span(begin.end(), stop, "private-key", "Private key", Severity.CRITICAL, certain)


def _end_of_base64(text: str, start: int) -> int:
    """Where a key without its END line stops: at the first line that is not base64."""
    match = re.compile(r"(?:[ +\"']{0,12}[A-Za-z0-9+/=]{16,76}(?:\\n)?[\"',]{0,2}\r?(?:\n|$)|\s{0,4}\n){1,200}").match(
        text, text.find("\n", start) + 1 or len(text)
    )
    return match.end() if match else start


def _in_urls(text: str) -> Iterator[_Span]:
    if "://" not in text:
        return
    for match in secret_patterns.URL_PASSWORD.finditer(text):
        secret = match["secret"]
        if _is_template(secret):
            continue
        certain = not _is_placeholder(secret) and not _is_local(match["host"]) and _is_strong(secret, shortest=6)
        yield _Span(*match.span("secret"), "url-password", "Password in an address", Severity.HIGH, certain)


def _assigned(text: str) -> Iterator[_Span]:
    lower = text.lower()
    # Some letters grow when lowered (U+0130): offsets would no longer fit.
    lower = lower if len(lower) == len(text) else text
    for stem in secret_patterns.NAME_STEMS:
        at = lower.find(stem)
        while at >= 0:
            end = at + len(stem)
            # `/etc/passwd` is the name of a file, not of a setting.
            in_path = lower[at - 1 : at] == "/"
            owned = stem != "key" or lower[max(0, at - 12) : at].rstrip("_-").endswith(secret_patterns.KEY_OWNERS)
            if owned and not in_path:
                yield from _behind_name(text, end, shortest=8 if stem.startswith(("pass", "pwd")) else 16)
            at = lower.find(stem, end)


def _behind_name(text: str, at: int, *, shortest: int) -> Iterator[_Span]:
    quoted = secret_patterns.QUOTED_VALUE.match(text, at)
    match = quoted or secret_patterns.BARE_VALUE.match(text, at)
    if match is None or _is_template(match["secret"]):
        return
    secret = match["secret"]
    certain = (
        not _is_placeholder(secret) and not _is_name(secret) and _is_strong(secret, shortest=shortest if quoted else 16)
    )
    if certain or (quoted and not _is_word(secret)):
        kind, title = ("password", "Password") if shortest == 8 else ("hard-coded-secret", "Secret")
        yield _Span(*match.span("secret"), kind, title, Severity.HIGH, certain)


_TEMPLATE: Final = re.compile(
    r"^[$%{<\[]|\$\{|\{\{|%\(|\{\w*\}|^\*+$|^\.+$|[(){}]|^(?:https?|file)://|^/[a-z]|^(?:env|vault|secret|arn):"
)
_PLACEHOLDER: Final = re.compile(
    r"example|sample|dummy|placeholder|change.?me|change.?it|replace|your|insert|enter.|fake|mock|todo|redact|hidden|xxxx|"
    r"0{6}|1{6}|a{6}|\*{3}|\.{3}|123456|234567|abcdef|qwerty|foobar|lorem|invalid|wrong|not.?(?:a|real|used|set)|testing|"
    r"^test|test$|^(?:none|null|true|false|undefined|nil|string|password|passwd|secret|token|postgres|root|admin|guest|user)\d?$",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|host\.docker\.internal|[\w-]+$)|\bexample\.|\.(?:test|local|invalid|example)$"
)
_NAME: Final = re.compile(r"^[A-Za-z_$][\w$]*(?:[.:/-][\w$]+)*$")
_WORD: Final = re.compile(r"^[A-Za-z]+(?:[ _.:/-]*[A-Za-z]+)*$")


def _is_template(value: str) -> bool:
    """Filled in elsewhere: `${VAR}`, `{{ x }}`, `<key>`, `%(x)s`, a call, an address, a reference to a store."""
    return _TEMPLATE.search(value) is not None


def _is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.search(value) is not None


def _is_local(host: str) -> bool:
    return _LOCAL.search(host) is not None


def _is_name(value: str) -> bool:
    """An identifier or path of words, `user_token_v2`: few digits, and words of ordinary length between separators."""
    if not _NAME.match(value):
        return False
    words = re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}", value)
    return sum(len(word) for word in words) >= 0.85 * len(re.sub(r"[\W_]", "", value))


def _is_word(value: str) -> bool:
    return _WORD.match(value) is not None


def _is_strong(value: str, *, shortest: int) -> bool:
    """Letters beside digits or signs, long enough, and not the same few characters over and over."""
    mixed = any(map(str.isalpha, value)) and not value.isalpha()
    return len(value) >= shortest and mixed and _entropy(value) > (2.5 if shortest < 16 else 3.0)


def _entropy(value: str) -> float:
    """Shannon's, in bits a character."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())
