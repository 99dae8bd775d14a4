"""Structural rules over syntax trees: our own pack, and the rules of a team, matched by ast-grep."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from typing import cast

from ast_grep_py import Config, SgNode, SgRoot

from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Trust
from foureyes.analyzers.prefilter import may_match
from foureyes.analyzers.rewrite import expanded, replacement
from foureyes.analyzers.rule import Rule
from foureyes.analyzers.rulefile import PACK_LANGUAGES, pack_texts, packaged_rules
from foureyes.analyzers.testpaths import is_test
from foureyes.code.languages import Language
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode, well_formed

_MAX_SIZE = 512 << 10
_MAX_DEPTH = 1000
_WIDE = 400


class Structural:
    """The analyser. Its work holds the interpreter lock, so it runs in one thread, file by file."""

    name = "structural"
    trust = Trust.INERT

    def __init__(self, team_rules: Sequence[Rule] = ()) -> None:
        self._team_rules = tuple(team_rules)
        self._languages = PACK_LANGUAGES | {language for rule in team_rules for language in rule.scope.languages}

    def version(self) -> str | None:
        team = "".join(repr(rule) for rule in self._team_rules)
        return f"{_pack_version()}+{_digest(team)}" if team else _pack_version()

    def wants(self, file: AnalyzedFile) -> bool:
        return file.language in self._languages and len(file.content) <= _MAX_SIZE

    async def run(self, batch: Batch) -> list[Diagnostic]:
        return await asyncio.to_thread(self._look_at, batch.files)

    def _look_at(self, files: Sequence[AnalyzedFile]) -> list[Diagnostic]:
        found: list[Diagnostic] = []
        for file in files:
            if file.language is not None:
                rules = [*packaged_rules(file.language), *self._team_rules]
                found += diagnose(file.path, decode(file.content), file.language, rules)
        return found


def diagnose(path: str, source: str, language: Language, rules: Iterable[Rule]) -> list[Diagnostic]:
    """What `rules` say about one file, sorted by line. `source` may hold lone surrogates (`kit.text.decode`)."""
    fitting = [
        rule
        for rule in rules
        if language in rule.scope.languages and may_match(source, rule.required) and _in_scope(rule, path)
    ]
    if not fitting:
        return []
    root = SgRoot(well_formed(source), language.value).root()
    deep = too_deep(root)
    if deep is not None:
        return [_deep_diagnostic(path, deep)]
    found = [_diagnostic(path, source, rule, node) for rule in fitting for node in matches(root, rule)]
    return sorted(found, key=lambda diagnostic: (diagnostic.start_line, diagnostic.rule))


def matches(root: SgNode, rule: Rule) -> Iterator[SgNode]:
    """Nodes that a rule matches, one for each line they start on."""
    lines: set[int] = set()
    for node in root.find_all(cast("Config", dict(rule.matcher))):
        line = node.range().start.line
        if line not in lines:
            lines.add(line)
            yield node


def too_deep(root: SgNode) -> int | None:
    """The line of a node that nests so deep that matching would take minutes, or None.

    ast-grep walks to the root for every `inside`, so a chain of n operators costs n squared. A node has fewer levels
    than characters, so that short ones need no look.
    """
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _MAX_DEPTH:
            return node.range().start.line + 1
        span = node.range()
        if span.end.index - span.start.index > _WIDE:
            stack += [(child, depth + 1) for child in node.children()]
    return None


def _in_scope(rule: Rule, path: str) -> bool:
    scope = rule.scope
    if scope.skip_tests and is_test(path):
        return False
    return (not scope.files or _listed(scope.files, path)) and not (scope.ignores and _listed(scope.ignores, path))


def _listed(patterns: tuple[str, ...], path: str) -> bool:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  # Few rules name files, and it loads slowly.

    return GitIgnoreSpec.from_lines(patterns).match_file(path)


def _diagnostic(path: str, source: str, rule: Rule, node: SgNode) -> Diagnostic:
    span = node.range()
    return Diagnostic(
        path=path,
        start_line=span.start.line + 1,
        # A node that ends with its newline ends in column 0 of the line behind it.
        end_line=max(span.start.line, span.end.line - (span.end.column == 0)) + 1,
        tool=rule.tool,
        rule=rule.id,
        message=" ".join(expanded(rule.message, node, source).split()),
        severity=rule.severity,
        category=rule.category,
        explanation=rule.note,
        url=rule.url,
        replacement=None if rule.fix is None else replacement(rule.fix, node, source),
        confidence=rule.confidence,
    )


def _deep_diagnostic(path: str, line: int) -> Diagnostic:
    return Diagnostic(
        path=path,
        start_line=line,
        end_line=line,
        tool=Structural.name,
        rule="too-deep",
        message=f"Code here nests deeper than {_MAX_DEPTH} levels, so structural rules did not look at this file",
        severity=Severity.LOW,
        category=Category.MAINTAINABILITY,
    )


@cache
def _pack_version() -> str:
    return f"{version('ast-grep-py')}+{_digest(''.join(pack_texts().values()))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
