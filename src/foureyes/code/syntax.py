"""One parsed file: its symbols, the names that its lines use, its imports, and whether it parses."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from ast_grep_py import Rule, SgNode, SgRoot

from foureyes.code.grammar import CALLABLE, Grammar, words
from foureyes.code.grammars import grammar_of
from foureyes.code.imports import Import, imports_in
from foureyes.code.languages import Language, has_syntax
from foureyes.code.symbols import Symbol, symbols_in
from foureyes.kit.text import well_formed

MAX_CHARACTERS = 600_000
"""Longer files are not parsed: noise of this size costs the parser seconds, and no person wrote them."""

MAX_LINE = 20_000
"""Nor files with a longer line: a position costs time in the length of its line, and such files are minified."""

_CALLED_LENGTH = 200
_ACCESSES = words(
    "attribute subscript member_expression subscript_expression field_expression index_expression selector_expression"
    " field_access array_access element_access_expression member_access_expression pointer_expression"
    " dot_index_expression bracket_index_expression call call_expression element_reference unary_expression"
)
_LAST_WORD = re.compile(r"([\w$?!]+)\s*(?:<[^<>]*>|\[[^\[\]]*\])?\s*$")
_WORD = re.compile(r"[^\W\d][\w$]*[?!]?$")


@dataclass(frozen=True, slots=True)
class _Name:
    """An identifier; a member is reached through something else: `x.name`, `T::name`."""

    text: str
    member: bool


class Syntax:
    """A parsed file. Lines count from 1. What is asked for is computed once, when it is first asked."""

    def __init__(self, text: str, language: Language, root: SgNode) -> None:
        self.text = text
        self.language = language
        self._root = root

    @classmethod
    def parse(cls, text: str, language: Language | None) -> Self | None:
        """The tree of a text, or None where there is no grammar for it or it is too large to be a person's work.

        A text with errors has a tree too: see `parses`. Lone surrogates (`kit.text.decode`) are replaced one for one.
        """
        if language is None or not has_syntax(language) or len(text) > MAX_CHARACTERS:
            return None
        if max(map(len, text.split("\n"))) > MAX_LINE:
            return None
        text = well_formed(text)
        return cls(text, language, SgRoot(text, language.value).root())

    @property
    def grammar(self) -> Grammar:
        return grammar_of(self.language)

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """In the order of their first lines, the outer before the inner."""
        return symbols_in(self._root, self.text, self.grammar)

    def enclosing(self, line: int) -> Symbol | None:
        """The innermost symbol around a line."""
        chain = self.enclosing_chain(line)
        return chain[-1] if chain else None

    def enclosing_chain(self, line: int) -> tuple[Symbol, ...]:
        """All symbols around a line, the outermost first."""
        return tuple(symbol for symbol in self.symbols if symbol.holds(line))

    def names_used(self, first: int, last: int) -> tuple[str, ...]:
        """Names on these lines that something elsewhere may define, in the order of their first use.

        Left out: keywords, common built-ins, and what is bound on these lines or in the functions around them.
        """
        local, ignored = self._locals(first, last), self.grammar.ignored
        names = (self._name(node) for node in _between(self._identifiers, first, last))
        return _unique(
            name.text for name in names if name.text not in ignored and (name.member or name.text not in local)
        )

    def called_names(self, first: int, last: int) -> tuple[str, ...]:
        """The last part of the name of each function that these lines call, in order."""
        called = (self._called(node) for node in _between(self._calls, first, last))
        return _unique(name for name in called if name and name not in self.grammar.ignored)

    @cached_property
    def error_lines(self) -> tuple[int, ...]:
        """The line of each place that the parser could not read or had to fill in. Compare counts before and after."""
        if not self.text.strip():
            return ()
        # What the parser fills in is a leaf without text; ast-grep has no other word for it. Grammars have empty
        # leaves of their own too (the content of an empty string), but those are neither tokens nor identifiers.
        broken = self._find([{"kind": "ERROR"}, {"regex": "^$"}])
        return tuple(
            _line(node)
            for node in broken
            if not node.is_named() or node.kind() == "ERROR" or node.kind().endswith("identifier")
        )

    def parses(self) -> bool:
        """Whether the parser could read all of it."""
        return not self.error_lines

    def complexity(self, symbol: Symbol) -> int:
        """Cyclomatic: 1 and one for each branch on the symbol's lines, those of functions inside included."""
        lines = self._branch_lines
        return 1 + bisect_right(lines, symbol.end_line) - bisect_left(lines, symbol.start_line)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """What the file imports, in the order of its lines."""
        return imports_in(self._find(self.grammar.imports), self.language)

    @cached_property
    def _branch_lines(self) -> list[int]:
        return sorted(_line(node) for node in self._find([*_of(self.grammar.branches), *self.grammar.branch_rules]))

    @cached_property
    def _identifiers(self) -> list[SgNode]:
        return self._find(_of(self.grammar.identifiers))

    @cached_property
    def _binders(self) -> list[SgNode]:
        return self._find(_of(self.grammar.binds))

    @cached_property
    def _calls(self) -> list[SgNode]:
        return self._find(_of(self.grammar.calls))

    def _locals(self, first: int, last: int) -> set[str]:
        """Names bound or declared on these lines, or bound in the functions around them."""
        around = [
            symbol for symbol in self.symbols if symbol.kind in CALLABLE and (symbol.holds(first) or symbol.holds(last))
        ]
        low = min([first, *(symbol.start_line for symbol in around)])
        high = max([last, *(symbol.end_line for symbol in around)])
        local = {symbol.name for symbol in self.symbols if first <= symbol.line <= last}
        for node in _between(self._binders, low, high):
            for step in self.grammar.binds[node.kind()]:
                local.update(self._bound(node, step))
        return local

    def _bound(self, node: SgNode, step: str) -> Iterator[str]:
        targets = node.field_children(step) or [each for each in node.named_children() if each.kind() == step]
        rules = _of(self.grammar.identifiers - {"type_identifier"})
        for target in targets:
            if target.kind() in _ACCESSES:
                continue
            for each in target.find_all(any=rules):
                name = self._name(each)
                # In a pattern, what is written large is a constructor or a constant that is only compared with.
                if not name.member and not name.text[:1].isupper():
                    yield name.text

    def _called(self, node: SgNode) -> str:
        step = self.grammar.calls[node.kind()]
        target = node.field(step) if step else next(iter(node.named_children()), None)
        if target is None:
            return ""
        place = target.range()
        start, end = place.start.index, place.end.index
        last = _LAST_WORD.search(self.text[max(start, end - _CALLED_LENGTH) : end])
        return last[1] if last else ""

    def _name(self, node: SgNode) -> _Name:
        start = node.range().start.index
        before = self.text[max(0, start - 2) : start]
        # A variable of PHP or a shell is never defined elsewhere; its sigil makes that no word.
        sigil = "$" if before.endswith("$") else ""
        return _Name(sigil + node.text(), before in ("::", "->") or (before.endswith(".") and before != ".."))

    def _find(self, rules: Sequence[Rule]) -> list[SgNode]:
        return self._root.find_all(any=list(rules)) if rules else []


def _of(names: Iterable[str]) -> list[Rule]:
    return [{"kind": kind} for kind in sorted(names)]


def _line(node: SgNode) -> int:
    return node.range().start.line + 1


def _between(nodes: Sequence[SgNode], first: int, last: int) -> Sequence[SgNode]:
    """Those that start on these lines; they are in the order of the text."""
    return nodes[bisect_left(nodes, first, key=_line) : bisect_right(nodes, last, key=_line)]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if _WORD.match(name)))
