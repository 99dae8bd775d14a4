"""One structural rule as a value: what it matches, in which languages, and how its matches are reported."""

from collections.abc import Mapping
from dataclasses import dataclass

from foureyes.analyzers.prefilter import Prefilter
from foureyes.code.languages import Language, has_syntax
from foureyes.kit.severity import Category, Severity

_ALIASES = {
    "py": Language.PYTHON,
    "js": Language.JAVASCRIPT,
    "jsx": Language.JAVASCRIPT,
    "ts": Language.TYPESCRIPT,
    "golang": Language.GO,
    "rs": Language.RUST,
    "cs": Language.CSHARP,
    "c#": Language.CSHARP,
    "rb": Language.RUBY,
    "kt": Language.KOTLIN,
    "c++": Language.CPP,
    "cc": Language.CPP,
    "cxx": Language.CPP,
    "ex": Language.ELIXIR,
    "hs": Language.HASKELL,
    "sol": Language.SOLIDITY,
    "sh": Language.BASH,
    "yml": Language.YAML,
}


@dataclass(frozen=True, slots=True)
class Examples:
    """Code that the rule must match (`bad`), on the lines marked `here`, and code that it must leave alone."""

    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Which files a rule looks at; `files` and `ignores` are gitignore patterns, no `files` means all."""

    languages: tuple[Language, ...]
    files: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    skip_tests: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """`matcher` is what ast-grep takes: `rule` and, where given, `constraints`, `utils` and `transform`."""

    id: str
    origin: str
    team: bool
    reach: Reach
    severity: Severity
    category: Category
    message: str
    matcher: Mapping[str, object]
    prefilter: Prefilter = Prefilter()
    note: str = ""
    fix: str | None = None
    url: str | None = None
    confidence: float = 0.9
    examples: Examples = Examples()

    @property
    def tool(self) -> str:
        return "team" if self.team else "structural"

    @property
    def name(self) -> str:
        """The rule's full name, as policy and findings write it."""
        return f"{self.tool}:{self.id}"


def language_named(name: str) -> Language | None:
    """The language that ast-grep means by a name, or None where it has no grammar of that name."""
    folded = name.strip().lower()
    found = _ALIASES.get(folded) or next((language for language in Language if language == folded), None)
    return found if has_syntax(found) else None
