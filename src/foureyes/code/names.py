"""The names that lines of a file use, call and bind."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from ast_grep_py import Rule, SgNode

from foureyes.code.grammar import LAST, Grammar, of_kinds, words

T = TypeVar("T")

_CALLED_LENGTH = 200
_NO_PATTERNS = words(
    "attribute subscript member_expression subscript_expression field_expression index_expression selector_expression"
    " field_access array_access element_access_expression member_access_expression pointer_expression"
    " dot_index_expression bracket_index_expression call call_expression element_reference unary_expression"
    " init_declarator"
)
# A sign of asking or warning ends a name (`empty?`); one before it denies what is called (`!blocked(host)`).
_LAST_WORD = re.compile(r"([\w$]+[?!]?)\s*(?:<[^<>]*>|\[[^\[\]]*\])?\s*$")
_WORD = re.compile(r"(?!_+$)[^\W\d][\w$]*[?!]?$")


@dataclass(frozen=True, slots=True)
class _Name:
    """An identifier; a member is reached through something else: `x.name`, `T::name`."""

    text: str
    member: bool


class _Readings(Generic[T]):
    """Nodes in the order of the text and what is read from them, each when it is first asked for."""

    def __init__(self, nodes: Sequence[SgNode], read: Callable[[SgNode], T]) -> None:
        self._nodes = nodes
        self._read = read
        self._known: dict[int, T] = {}

    def between(self, first: int, last: int) -> Iterator[T]:
        """Those of the nodes that start on these lines."""
        nodes = self._nodes
        for index in range(bisect_left(nodes, first, key=_line), bisect_right(nodes, last, key=_line)):
            # Reading a node crosses into Rust, which costs more than all else here.
            if index not in self._known:
                self._known[index] = self._read(nodes[index])
            yield self._known[index]


class Names:
    """The names of one parsed file. Lines count from 1, both ends included."""

    def __init__(self, root: SgNode, text: str, grammar: Grammar) -> None:
        self._root = root
        self._text = text
        self._grammar = grammar

    def used(self, first: int, last: int, *, local: frozenset[str], declared: frozenset[str]) -> tuple[str, ...]:
        """Names on these lines in the order of their first use, but for `declared` ones, and `local` ones.

        A member is never taken for the local name that it equals.
        """
        ignored = self._grammar.ignored | declared
        return _unique(
            name.text
            for name in self._names.between(first, last)
            if name.text not in ignored and (name.member or name.text not in local)
        )

    def called(self, first: int, last: int) -> tuple[str, ...]:
        """The last part of the name of each function that these lines call, in order."""
        return _unique(name for name in self._calls.between(first, last) if name not in self._grammar.ignored)

    def bound(self, first: int, last: int) -> frozenset[str]:
        """Parameters, variables and the like that these lines bind."""
        return frozenset[str]().union(*self._bindings.between(first, last))

    @cached_property
    def _names(self) -> _Readings[_Name]:
        return _Readings(self._find(self._grammar.identifiers), self._name)

    @cached_property
    def _calls(self) -> _Readings[str]:
        return _Readings(self._find(self._grammar.calls), self._called)

    @cached_property
    def _bindings(self) -> _Readings[frozenset[str]]:
        return _Readings(self._find(self._grammar.binds), self._bound)

    @cached_property
    def _variables(self) -> list[Rule]:
        return of_kinds(self._grammar.identifiers - {"type_identifier"})

    def _find(self, kinds: Iterable[str]) -> list[SgNode]:
        rules = of_kinds(kinds)
        return self._root.find_all(any=rules) if rules else []

    def _name(self, node: SgNode) -> _Name:
        start = node.range().start.index
        before = self._text[max(0, start - 2) : start]
        # A variable of PHP or a shell is never defined elsewhere; with its sigil it is no word.
        sigil = "$" if before.endswith("$") else ""
        return _Name(sigil + node.text(), before in ("::", "->") or (before.endswith(".") and before != ".."))

    def _called(self, node: SgNode) -> str:
        step = self._grammar.calls[node.kind()]
        children = node.named_children()[:: -1 if step == LAST else 1]
        target = node.field(step) if step not in ("", LAST) else next(iter(children), None)
        if target is None:
            return ""
        place = target.range()
        start, end = place.start.index, place.end.index
        last = _LAST_WORD.search(self._text[max(start, end - _CALLED_LENGTH) : end])
        return last[1] if last else ""

    def _bound(self, node: SgNode) -> frozenset[str]:
        steps = self._grammar.binds[node.kind()]
        targets = (target for step in steps for target in _targets(node, step))
        return frozenset(name for target in targets for name in self._bound_by(target))

    def _bound_by(self, target: SgNode) -> Iterator[str]:
        kind = target.kind()
        if kind in _NO_PATTERNS:
            return
        leaves = [target] if kind in self._grammar.identifiers else target.find_all(any=self._variables)
        for name in map(self._name, leaves):
            # In a pattern, what is written large is a constructor or a constant that is only compared with.
            if not name.member and not name.text[:1].isupper():
                yield name.text


def _targets(node: SgNode, step: str) -> list[SgNode]:
    return node.field_children(step) or [each for each in node.named_children() if each.kind() == step]


def _line(node: SgNode) -> int:
    return node.range().start.line + 1


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if _WORD.match(name)))
