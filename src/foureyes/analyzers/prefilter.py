"""What must be in a text for a rule to match it: lets most rules skip most files before anything is parsed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

_METAVARIABLE = re.compile(r"\$+\w*")
_WORD = re.compile(r"[^\W\d]\w{2,}")
_LITERAL = r"(?:[^\\\[\](){}^$?*+.]|\\[\[\](){}^$?*+.|])+"
_LITERALS = re.compile(rf"\^?(?:\((?:\?:)?(?P<group>{_LITERAL})\)|(?P<plain>{_LITERAL}))\$?")
_ESCAPE = re.compile(r"\\(.)")
# Escapes and character classes stay as they are: a star in them is no repeat.
_REPEAT = re.compile(r"(?P<kept>\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<repeat>[*+]|\{(?P<least>\d+),\})(?!\+)")
_LONGEST = 200

Words = tuple[frozenset[str], ...]
"""Of each set, at least one word must be in the text."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """`patterns` are regular expressions of Python, each of which must be found."""

    words: Words = ()
    patterns: tuple[str, ...] = ()

    def admits(self, text: str) -> bool:
        """Whether the rule may match; False is certain."""
        return all(any(word in text for word in words) for words in self.words) and all(
            _compiled(pattern).search(text) for pattern in self.patterns
        )


def prefilter(matcher: Mapping[str, object], told: Iterable[str] = ()) -> Prefilter:
    """What `matcher` requires by its patterns and simple regexes, and what the rule's author tells beside.

    `constraints` prove nothing: ast-grep checks them only where their metavariable was captured.
    """
    words = list(_of_rule(matcher.get("rule"), _mapping(matcher.get("utils")), frozenset()))
    patterns = []
    for pattern in told:
        literals = _of_regex(pattern)
        words += literals
        patterns += [] if literals else [pattern]
    return Prefilter(tuple(dict.fromkeys(words)), tuple(patterns))


def _of_rule(rule: object, utilities: Mapping[str, object], seen: frozenset[str]) -> Words:
    words: list[frozenset[str]] = []
    for key, value in _mapping(rule).items():
        # Only what every match must hold may go in: a word too many here would hide findings without a trace.
        if key == "pattern":
            words += _of_pattern(value)
        elif key == "regex" and isinstance(value, str):
            words += _of_regex(value)
        elif key in {"has", "inside", "precedes", "follows"}:
            words += _of_rule(value, utilities, seen)
        elif key == "all" and isinstance(value, list):
            for part in value:
                words += _of_rule(part, utilities, seen)
        elif key == "any" and isinstance(value, list):
            words += _of_any(value, utilities, seen)
        elif key == "matches" and isinstance(value, str) and value not in seen:
            words += _of_rule(utilities.get(value), utilities, seen | {value})
    return tuple(words)


def _of_any(parts: list[object], utilities: Mapping[str, object], seen: frozenset[str]) -> Words:
    """One set with the longest words that each part requires; nothing when some part requires nothing."""
    best: set[str] = set()
    for part in parts:
        words = _of_rule(part, utilities, seen)
        if not words:
            return ()
        best |= max(words, key=lambda alternatives: min(map(len, alternatives)))
    return (frozenset(best),)


def _of_pattern(pattern: object) -> Words:
    options = _mapping(pattern)
    text = options.get("context") if options else pattern
    # A selector picks a part of the context, and `signature` compares no text: the words prove nothing then.
    if not isinstance(text, str) or "selector" in options or options.get("strictness") == "signature":
        return ()
    return tuple(frozenset({word}) for word in _WORD.findall(_METAVARIABLE.sub(" ", text)))


def _of_regex(regex: str) -> Words:
    match = _LITERALS.fullmatch(regex)
    alternatives = re.split(r"(?<!\\)\|", match["group"] or match["plain"]) if match else [""]
    return (frozenset(_ESCAPE.sub(r"\1", one) for one in alternatives),) if all(alternatives) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(bounded(pattern))


def bounded(pattern: str) -> str:
    """The pattern with every open repeat closed at a few hundred.

    An open one lets hostile text of n characters cost n squared: `await [^;]*x` against a line of nothing but `await `.
    """

    def closed(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"]
        least = {"*": "0", "+": "1"}.get(match["repeat"], match["least"])
        return f"{{{least},{_LONGEST}}}"

    return _REPEAT.sub(closed, pattern)
