"""The named pieces of a file: functions, classes, modules, constants, with their lines."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ast_grep_py import Range, SgNode

from foureyes.code.grammar import CALLABLE, TYPES, Declares, Grammar, SymbolKind, of_kinds

_SIGNATURE_LENGTH = 200
# A regular expression over the whole text of a module would be slow, and headers are short.
_HEADER_LENGTH = 300
_NAME_LENGTH = 120
_GENERICS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_BETWEEN_NAMES = re.compile(r"::|\\|[.:]")
_BEFORE_BODY = re.compile(r"\s*(?:\{|=>|[=:;]|\bdo)?\s*$")
_WHOLE_NAMES = frozenset({SymbolKind.BLOCK})


@dataclass(frozen=True, slots=True)
class Symbol:
    """Lines count from 1, both ends included. `start_line` takes in decorators and the comment above; `line` does not.

    `qualified` is the name with those of the symbols around it; `signature` is one line, without the body.
    """

    name: str
    qualified: str
    kind: SymbolKind
    start_line: int
    line: int
    end_line: int
    signature: str

    def holds(self, line: int) -> bool:
        return self.start_line <= line <= self.end_line


@dataclass(frozen=True, slots=True)
class _Named:
    """`parts` of the name as it is written: a C++ method defined outside of its class has two."""

    parts: tuple[str, ...]
    line: int
    signature: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A node that may declare something; wrappers declare nothing themselves."""

    start: int
    end: int
    first_line: int
    last_line: int
    node: SgNode
    declares: Declares | None


def symbols_in(root: SgNode, text: str, grammar: Grammar) -> tuple[Symbol, ...]:
    """Every symbol, in the order of their first lines, the outer before the inner."""
    candidates = _candidates(root, grammar)
    leading = _leading_lines(root, text, grammar) if candidates else frozenset()
    symbols: list[Symbol] = []
    around: list[tuple[int, Symbol]] = []
    for declares, found, whole in _declarations(candidates):
        # Offsets, not lines, end a symbol: two of them may share a line.
        while around and around[-1][0] <= found.start:
            around.pop()
        outer = [symbol for _, symbol in around]
        named = _named(found, declares, text, grammar)
        if named is None or (declares.outer and any(symbol.kind in CALLABLE for symbol in outer)):
            continue
        first = whole.first_line
        while first - 1 in leading:
            first -= 1
        symbols.append(
            _symbol(named, declares, outer[-1:], lines=(first, whole.last_line), separator=grammar.separator)
        )
        around.append((found.end, symbols[-1]))
    return tuple(sorted(symbols, key=lambda symbol: (symbol.start_line, -symbol.end_line)))


def _candidates(root: SgNode, grammar: Grammar) -> list[_Found]:
    found: dict[tuple[int, int, str], _Found] = {}
    plain = of_kinds(grammar.declares.keys() | grammar.wrappers)
    if plain:
        for node in root.find_all(any=plain):
            _note(found, node, grammar.declares.get(node.kind()))
    for rule, declares in grammar.special:
        for node in root.find_all(**rule):
            _note(found, node, declares)
    # A wrapper may cover the same text as what it wraps, and must come first then.
    return sorted(found.values(), key=lambda each: (each.start, -each.end, each.declares is not None))


def _note(found: dict[tuple[int, int, str], _Found], node: SgNode, declares: Declares | None) -> None:
    place = node.range()
    key = (place.start.index, place.end.index, node.kind())
    found[key] = _Found(place.start.index, place.end.index, place.start.line + 1, last_line(place), node, declares)


def last_line(place: Range) -> int:
    """The line that holds the last character; a node that takes in its newline ends at the start of the next line."""
    start, end = place.start, place.end
    return end.line if end.column == 0 and end.line > start.line else end.line + 1


def _declarations(candidates: Sequence[_Found]) -> Iterator[tuple[Declares, _Found, _Found]]:
    """Declarations with the outermost of the wrappers that hold nothing but them, or with themselves."""
    stack: list[_Found] = []
    pairs: list[tuple[Declares, _Found, list[_Found]]] = []
    for found in candidates:
        while stack and stack[-1].end <= found.start:
            stack.pop()
        if found.declares is not None:
            wrappers = list(takewhile(lambda each: each.declares is None, reversed(stack)))
            pairs.append((found.declares, found, wrappers))
        stack.append(found)
    held = Counter(id(wrapper) for _, _, wrappers in pairs for wrapper in wrappers)
    for declares, found, wrappers in pairs:
        own = list(takewhile(lambda each: held[id(each)] == 1, wrappers))
        yield declares, found, own[-1] if own else found


def _leading_lines(root: SgNode, text: str, grammar: Grammar) -> frozenset[int]:
    """Lines that hold a comment, an attribute or a decorator and nothing before it."""
    if not grammar.leading:
        return frozenset()
    # The parser counts only `\n` as the end of a line; `splitlines` would count form feeds too and go astray.
    lines = text.split("\n")
    found: set[int] = set()
    for node in root.find_all(any=of_kinds(grammar.leading)):
        place = node.range()
        start, end = place.start, place.end
        before, after = lines[start.line][: start.column], lines[end.line][end.column :]
        if not before.strip() and (end.column == 0 or not after.strip()):
            found.update(range(start.line + 1, last_line(place) + 1))
    return frozenset(found)


def _named(found: _Found, declares: Declares, text: str, grammar: Grammar) -> _Named | None:
    """The name of a declaration, cleaned of quotes and type arguments, or None where it has none."""
    line = found.first_line
    if declares.header:
        header = re.match(declares.header, text[found.start : found.start + _HEADER_LENGTH])
        words = header[1] if header else ""
    else:
        node = _reached(found.node, declares.name)
        words = node.text() if node else declares.unnamed
        line = node.range().start.line + 1 if node else line
    name = _cleaned(words)
    if not name or len(name) > _NAME_LENGTH:
        return None
    owner = _reached(found.node, declares.owner) if declares.owner else None
    owned = _cleaned(owner.text()).strip("() ").rsplit(" ", 1)[-1].lstrip("*&") if owner else ""
    parts = (owned, *_BETWEEN_NAMES.split(name)) if declares.kind not in _WHOLE_NAMES else (name,)
    return _Named(tuple(part for part in parts if part), line, _signature(found, text, grammar.bodies))


def _cleaned(words: str) -> str:
    words = words[: _NAME_LENGTH * 2]
    # Type arguments hold type arguments; each turn takes off the innermost ones.
    while (shorter := _GENERICS.sub("", words)) != words:
        words = shorter
    return " ".join(words.replace('"', "").replace("'", "").split())


def _reached(node: SgNode, steps: Sequence[str]) -> SgNode | None:
    """The node that the steps lead to: a field or a kind of child each."""
    if not steps:
        return None
    for step in steps:
        inner = _declared(node) if step == "declarator" else _child(node, step)
        if inner is None:
            return None
        node = inner
    return node


def _declared(node: SgNode) -> SgNode | None:
    """What a C declarator declares, however many pointers, references and parameter lists are around it."""
    reached: SgNode | None = None
    inner: SgNode | None = node
    while inner is not None:
        inner = inner.field("declarator") or next(
            (each for each in inner.named_children() if each.kind().endswith("_declarator")), None
        )
        reached = inner or reached
    return reached


def _child(node: SgNode, step: str) -> SgNode | None:
    """The child in a field, or the first child of a kind."""
    return node.field(step) or next((each for each in node.named_children() if each.kind() == step), None)


def _signature(found: _Found, text: str, bodies: frozenset[str]) -> str:
    """One line: the text up to the body, or the first line where there is no body."""
    body = _body(found.node, bodies)
    end = body.range().start.index if body else text.find("\n", found.start)
    end = min(found.end, end if end >= 0 else found.end, found.start + 4 * _SIGNATURE_LENGTH)
    words = _BEFORE_BODY.sub("", " ".join(text[found.start : end].split()))
    return words if len(words) <= _SIGNATURE_LENGTH else words[: _SIGNATURE_LENGTH - 1] + "…"


def _body(node: SgNode, bodies: frozenset[str]) -> SgNode | None:
    body = node.field("body") or next((each for each in node.named_children() if each.kind() in bodies), None)
    if body:
        return body
    held = node.field("value") or node.field("right")
    return held.field("body") if held else None


def _symbol(
    named: _Named, declares: Declares, outer: Sequence[Symbol], *, lines: tuple[int, int], separator: str
) -> Symbol:
    around = [symbol.qualified for symbol in outer if symbol.kind is not SymbolKind.TYPE]
    # Most grammars have one kind of node for functions, wherever they stand.
    method = declares.kind is SymbolKind.FUNCTION and any(symbol.kind in TYPES for symbol in outer)
    return Symbol(
        name=named.parts[-1],
        qualified=separator.join([*around, *named.parts]),
        kind=SymbolKind.METHOD if method else declares.kind,
        start_line=lines[0],
        line=named.line,
        end_line=max(lines[1], named.line),
        signature=named.signature,
    )
