"""Rules against one file: which may match, what they match, and the diagnostics that follow."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from ast_grep_py import Config, SgNode, SgRoot

from foureyes.analyzers.port import AnalyzedFile, Diagnostic
from foureyes.analyzers.rewrite import expanded, replacement
from foureyes.analyzers.rule import Reach, Rule
from foureyes.analyzers.testpaths import is_test
from foureyes.code.languages import Language
from foureyes.errors import ProcessError
from foureyes.kit.text import decode, printable, well_formed

_MAX_DEPTH = 1000
_SHORT = 400
# A rule that matches more often in one file says nothing that anybody will read to the end.
_MAX_MATCHES = 500


def match(files: Iterable[AnalyzedFile], rules: Sequence[Rule]) -> list[Diagnostic]:
    """What `rules` say about `files`, each in the language it is in.

    Raises:
        ProcessError: a file nests too deeply to be matched in reasonable time.
    """
    found: list[Diagnostic] = []
    for file in files:
        if file.language is not None:
            found += diagnose(file.path, decode(file.content), file.language, rules)
    return found


def diagnose(path: str, source: str, language: Language, rules: Iterable[Rule]) -> list[Diagnostic]:
    """What `rules` say about one file, sorted by line. `source` may hold lone surrogates (`kit.text.decode`).

    Raises:
        ProcessError: the code nests too deeply.
    """
    # Parsing is the dear part: a file in which no rule can match is never parsed.
    fitting = [rule for rule in rules if _reaches(rule.reach, path, language) and rule.prefilter.admits(source)]
    if not fitting:
        return []
    root = SgRoot(well_formed(source), language.value).root()
    deep = _deep_line(root)
    if deep is not None:
        raise ProcessError("structural", f"{printable(path)}:{deep}: nests deeper than {_MAX_DEPTH} levels")
    found = [_diagnostic(path, source, rule, node) for rule in fitting for node in matches(root, rule)]
    return sorted(found, key=lambda diagnostic: (diagnostic.start_line, diagnostic.rule))


def matches(root: SgNode, rule: Rule) -> Iterator[SgNode]:
    """Nodes that a rule matches, one for each line they start on; of the first few hundred at most."""
    lines: set[int] = set()
    # Telling where a node is counts all characters before it on its line, which adds up where a line is very long.
    for node in root.find_all(cast("Config", dict(rule.matcher)))[:_MAX_MATCHES]:
        line = node.range().start.line
        if line not in lines:
            lines.add(line)
            yield node


def _deep_line(root: SgNode) -> int | None:
    """The line of a node that nests too deeply, or None.

    ast-grep walks up to the root for every `inside`, so that a chain of n operators costs n squared: minutes for a file
    of 200 KB. A node has no more levels than characters, so short ones need no look.
    """
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _MAX_DEPTH:
            return node.range().start.line + 1
        # Asking for the range instead would count all characters from the start of the line.
        if len(node.text()) > _SHORT:
            stack += [(child, depth + 1) for child in node.children()]
    return None


def _reaches(reach: Reach, path: str, language: Language) -> bool:
    if language not in reach.languages or (reach.skip_tests and is_test(path)):
        return False
    return (not reach.files or _listed(reach.files, path)) and not (reach.ignores and _listed(reach.ignores, path))


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
