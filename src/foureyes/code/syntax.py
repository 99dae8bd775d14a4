"""One parsed file: its symbols, the names that its lines use, its imports, and whether it parses."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Self

from ast_grep_py import Rule, SgNode, SgRoot

from foureyes.code.grammar import CALLABLE, of_kinds
from foureyes.code.grammars import grammar_of
from foureyes.code.imports import Import, imports_in
from foureyes.code.languages import Language, has_syntax
from foureyes.code.names import Names
from foureyes.code.symbols import Symbol, symbols_in
from foureyes.kit.text import well_formed

MAX_CHARACTERS = 600_000
"""Longer files are not parsed: noise of this size costs the parser seconds, and no person wrote them."""

MAX_LINE = 20_000
"""Nor files with a longer line: a position costs time in the length of its line, and such files are minified."""


class Syntax:
    """A parsed file. Lines count from 1, both ends included. What is asked for is computed once, when first asked."""

    def __init__(self, text: str, language: Language, root: SgNode) -> None:
        self.text = text
        self.language = language
        self.grammar = grammar_of(language)
        self._root = root
        self._names = Names(root, text, self.grammar)

    @classmethod
    def parse(cls, text: str, language: Language | None) -> Self | None:
        """The tree of a text, or None where there is no grammar for it or it is too large to be a person's work.

        A text with errors has a tree too: see `parses`. Lone surrogates (`kit.text.decode`) are replaced one for one.
        """
        if language is None or not has_syntax(language) or len(text) > MAX_CHARACTERS:
            return None
        # This is asked before the parser is: it could not be stopped once it runs.
        if max(map(len, text.split("\n"))) > MAX_LINE:
            return None
        # A lone surrogate can not be handed to the Rust side of the parser, which takes valid UTF-8 only.
        text = well_formed(text)
        return cls(text, language, SgRoot(text, language.value).root())

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

        Left out: keywords, common built-ins, and what is declared on these lines or bound in the functions around them.
        """
        declared = frozenset(symbol.name for symbol in self.symbols if first <= symbol.line <= last)
        return self._names.used(first, last, local=self._locals(first, last), declared=declared)

    def called_names(self, first: int, last: int) -> tuple[str, ...]:
        """The last part of the name of each function that these lines call, in order."""
        return self._names.called(first, last)

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
        return sorted(
            _line(node) for node in self._find([*of_kinds(self.grammar.branches), *self.grammar.branch_rules])
        )

    def _locals(self, first: int, last: int) -> frozenset[str]:
        """Names bound on these lines or in the functions around them."""
        around = [
            symbol for symbol in self.symbols if symbol.kind in CALLABLE and (symbol.holds(first) or symbol.holds(last))
        ]
        low = min([first, *(symbol.start_line for symbol in around)])
        high = max([last, *(symbol.end_line for symbol in around)])
        return self._names.bound(low, high)

    def _find(self, rules: Sequence[Rule]) -> list[SgNode]:
        return self._root.find_all(any=list(rules)) if rules else []


def _line(node: SgNode) -> int:
    return node.range().start.line + 1
