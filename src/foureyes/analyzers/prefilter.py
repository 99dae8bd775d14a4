"""Words that must be in a text for a rule to match it: what lets most rules skip most files unparsed."""

import re
from collections.abc import Mapping

_METAVARIABLE = re.compile(r"\$+\w*")
_WORD = re.compile(r"[^\W\d]\w{2,}")
_ALTERNATIVES = re.compile(r"(?:\^|\\b)?(?:\((?:\?:)?(?P<group>[\w.|\\]+)\)|(?P<plain>[\w.|\\]+?))(?:\$|\\b)?")
_ESCAPE = re.compile(r"\\[^.]")

Clauses = tuple[frozenset[str], ...]
"""Of each set, at least one word must be in the text."""


def required_words(matcher: Mapping[str, object]) -> Clauses:
    """What a whole matcher requires; nothing known is an empty tuple.

    `constraints` prove nothing: ast-grep checks them only where their metavariable was captured.
    """
    clauses = _of_rule(matcher.get("rule"), _mapping(matcher.get("utils")), frozenset())
    return tuple(dict.fromkeys(clauses))


def may_match(text: str, clauses: Clauses) -> bool:
    return all(any(word in text for word in words) for words in clauses)


def _of_rule(rule: object, utilities: Mapping[str, object], seen: frozenset[str]) -> Clauses:
    clauses: list[frozenset[str]] = []
    for key, value in _mapping(rule).items():
        if key == "pattern":
            clauses += _of_pattern(value)
        elif key == "regex" and isinstance(value, str):
            clauses += _of_regex(value)
        elif key in {"has", "inside", "precedes", "follows"}:
            clauses += _of_rule(value, utilities, seen)
        elif key == "all" and isinstance(value, list):
            for part in value:
                clauses += _of_rule(part, utilities, seen)
        elif key == "any" and isinstance(value, list):
            clauses += _of_any(value, utilities, seen)
        elif key == "matches" and isinstance(value, str) and value not in seen:
            clauses += _of_rule(utilities.get(value), utilities, seen | {value})
    return tuple(clauses)


def _of_any(parts: list[object], utilities: Mapping[str, object], seen: frozenset[str]) -> Clauses:
    """One set with the rarest-looking clause of every part; nothing when some part requires nothing."""
    best: set[str] = set()
    for part in parts:
        clauses = _of_rule(part, utilities, seen)
        if not clauses:
            return ()
        best |= max(clauses, key=lambda words: min(map(len, words)))
    return (frozenset(best),)


def _of_pattern(pattern: object) -> Clauses:
    options = _mapping(pattern)
    text = options.get("context") if options else pattern
    # A selector picks a part of the context, and `signature` compares no text: the words prove nothing then.
    if not isinstance(text, str) or "selector" in options or options.get("strictness") == "signature":
        return ()
    return tuple(frozenset({word}) for word in _WORD.findall(_METAVARIABLE.sub(" ", text)))


def _of_regex(regex: str) -> Clauses:
    match = _ALTERNATIVES.fullmatch(regex)
    if match is None:
        return ()
    alternatives = match["group"] or match["plain"]
    if _ESCAPE.search(alternatives):
        return ()
    # An unescaped dot matches any character, so only the words around dots are certain.
    words = [max(re.split(r"\\?\.", alternative), key=len) for alternative in alternatives.split("|")]
    return (frozenset(words),) if all(words) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
