"""What the tables of `grammars/` say about one language, as data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ast_grep_py import Rule


class SymbolKind(StrEnum):
    """What a named piece of a program is. An extension adds to a type that is declared elsewhere (Rust's `impl`)."""

    MODULE = "module"
    CLASS = "class"
    STRUCT = "struct"
    INTERFACE = "interface"
    TRAIT = "trait"
    ENUM = "enum"
    EXTENSION = "extension"
    TYPE = "type"
    FUNCTION = "function"
    METHOD = "method"
    PROPERTY = "property"
    MACRO = "macro"
    CONSTANT = "constant"
    BLOCK = "block"


CALLABLE = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.PROPERTY, SymbolKind.MACRO})
"""Kinds whose lines run; a name that is assigned in them is a local one."""

TYPES = frozenset(
    {
        SymbolKind.CLASS,
        SymbolKind.STRUCT,
        SymbolKind.INTERFACE,
        SymbolKind.TRAIT,
        SymbolKind.ENUM,
        SymbolKind.EXTENSION,
    }
)
"""Kinds that a function inside belongs to as a method."""

LAST = "-1"
"""Instead of a field, where what is called is the last child and the grammar has no field for it."""


@dataclass(frozen=True, slots=True)
class Declares:
    """How one kind of node declares a symbol.

    `name` leads to the name: each step is a field, or the kind of a child; `declarator` is followed as long as there
    is one (C). `header` is a regular expression for the beginning of the node's text instead, its group 1 the name.
    `unnamed` is the name of what has none (`init`). `owner` leads to the type that a method belongs to (Go). `outer`
    keeps it only outside of functions: constants.
    """

    kind: SymbolKind
    name: tuple[str, ...] = ("name",)
    header: str = ""
    unnamed: str = ""
    owner: tuple[str, ...] = ()
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language. Node kinds are those of its tree-sitter grammar; rules are ast-grep's."""

    declares: dict[str, Declares] = field(default_factory=dict)
    """By kind of node."""
    special: tuple[tuple[Rule, Declares], ...] = ()
    """Declarations that a kind alone does not tell; they win over `declares`."""
    wrappers: frozenset[str] = frozenset()
    """Nodes around a single declaration that belong to it: `export`, decorators, `template <...>`."""
    leading: frozenset[str] = frozenset()
    """Comments, attributes and decorators that belong to the declaration under them."""
    bodies: frozenset[str] = frozenset()
    """Children that are bodies, where the grammar has no `body` field."""
    identifiers: frozenset[str] = frozenset()
    binds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For each kind of node that binds local names, the fields or kinds of child that hold them."""
    calls: dict[str, str] = field(default_factory=dict)
    """For each kind of call, the field of what is called; empty: its first child, `LAST`: its last one."""
    branches: frozenset[str] = frozenset()
    branch_rules: tuple[Rule, ...] = ()
    imports: tuple[Rule, ...] = ()
    separator: str = "."
    """Between the parts of a qualified name."""
    ignored: frozenset[str] = frozenset()
    """Identifiers that name nothing of the repository: keywords that the grammar calls identifiers, built-ins."""
    definition: str = ""
    """A regular expression for a line that defines NAME (which stands for the name); see `code.definitions`."""


def words(text: str) -> frozenset[str]:
    """Many node kinds or names, written as one string."""
    return frozenset(text.split())


def logical(operators: str, inside: str = "binary_expression") -> Rule:
    """A rule for operators that choose a branch, found as words of a binary expression."""
    # Operators are anonymous nodes, which a rule can not name by their kind.
    return {"regex": f"^(?:{operators})$", "inside": {"kind": inside}}


def holding(kind: str, part: str, held: str) -> Rule:
    """A rule for a kind of node whose field `part` holds one of the kinds `held`."""
    return {"kind": kind, "has": {"field": part, "any": of_kinds(held.split())}}


def kinds(text: str) -> Rule:
    """A rule for any of several kinds of node."""
    return {"any": of_kinds(text.split())}


def of_kinds(names: Iterable[str]) -> list[Rule]:
    """A rule for each kind, in an order that does not hang on how a set is laid out."""
    return [{"kind": kind} for kind in sorted(names)]
