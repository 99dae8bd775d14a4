"""Rules tried on their own examples: what `foureyes rules test` runs and `foureyes rules list` lists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ast_grep_py import SgNode, SgRoot

from foureyes.analyzers.matching import matches
from foureyes.analyzers.port import Replacement
from foureyes.analyzers.rewrite import replacement
from foureyes.analyzers.rule import Rule
from foureyes.analyzers.rulefile import all_packaged_rules, load_rules
from foureyes.code.languages import Language

_HERE = re.compile(r"(?://|#|--|/\*|<!--)\s*here\b")


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """An example that shows a rule to be wrong; `example` is its number, such as `bad 1`, or empty."""

    rule: str
    origin: str
    example: str
    reason: str

    def __str__(self) -> str:
        place = f", example {self.example}" if self.example else ""
        return f"{self.rule} ({self.origin}{place}): {self.reason}"


def list_rules(team_texts: Mapping[str, str] | None = None) -> tuple[Rule, ...]:
    """Our own pack, then the team's rules.

    Raises:
        RuleError: a team rule can't be used.
    """
    return (*all_packaged_rules(), *load_rules(team_texts or {}))


def try_rules(rules: Iterable[Rule]) -> tuple[RuleFailure, ...]:
    """What is wrong with rules by their own examples: nothing is an empty tuple."""
    return tuple(failure for rule in rules for failure in _try_rule(rule))


def _try_rule(rule: Rule) -> Iterator[RuleFailure]:
    if not rule.examples.bad or not rule.examples.good:
        yield RuleFailure(rule.name, rule.origin, "", "needs at least one bad and one good example under `tests`")
    for language in rule.reach.languages:
        for number, code in enumerate(rule.examples.bad, 1):
            for reason in _faults_of_bad(rule, code, language):
                yield RuleFailure(rule.name, rule.origin, f"bad {number} as {language}", reason)
        for number, code in enumerate(rule.examples.good, 1):
            lines = sorted(_matched_lines(rule, code, language))
            if lines:
                reason = f"is matched on line {lines[0]}"
                yield RuleFailure(rule.name, rule.origin, f"good {number} as {language}", reason)


def _faults_of_bad(rule: Rule, code: str, language: Language) -> Iterator[str]:
    expected = {number for number, line in enumerate(code.split("\n"), 1) if _HERE.search(line)}
    if not expected and len(code.strip().split("\n")) > 1:
        yield "has several lines: mark the expected one with a comment that says `here`"
        return
    lines = _matched_lines(rule, code, language)
    if lines != (expected or {1}):
        yield f"must match on {_listed(expected or {1})}, but matches on {_listed(lines)}"
    elif rule.fix is not None:
        yield from _faults_of_fix(rule, rule.fix, code, language)


def _faults_of_fix(rule: Rule, fix: str, code: str, language: Language) -> Iterator[str]:
    mended = code
    # From the last match to the first, so that earlier line numbers stay true.
    for node in sorted(matches(_parsed(code, language), rule), key=lambda node: -node.range().start.line):
        mended = applied(mended, replacement(fix, node, code))
    root = _parsed(mended, language)
    if _broken(root) and not _broken(_parsed(code, language)):
        yield f"no longer parses after the fix: {mended!r}"
    elif any(True for _ in matches(root, rule)):
        yield f"still matches after the fix: {mended!r}"


def applied(source: str, change: Replacement) -> str:
    """A text with whole lines replaced."""
    lines = source.split("\n")
    return "\n".join([*lines[: change.start_line - 1], *change.lines, *lines[change.end_line :]])


def _matched_lines(rule: Rule, code: str, language: Language) -> set[int]:
    return {node.range().start.line + 1 for node in matches(_parsed(code, language), rule)}


def _parsed(code: str, language: Language) -> SgNode:
    return SgRoot(code, language.value).root()


def _broken(root: SgNode) -> bool:
    return root.find(kind="ERROR") is not None


def _listed(lines: set[int]) -> str:
    return "no line" if not lines else "line " + ", ".join(map(str, sorted(lines)))
