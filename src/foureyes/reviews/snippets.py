"""Names for code that was pasted without one: analysers go by endings."""

from collections.abc import Mapping
from types import MappingProxyType

from foureyes.code.languages import Language

_STEM = "snippet"
_ENDINGS: Mapping[Language, str] = MappingProxyType(
    {
        Language.PYTHON: "py", Language.JAVASCRIPT: "js", Language.TYPESCRIPT: "ts", Language.RUST: "rs",
        Language.CSHARP: "cs", Language.RUBY: "rb", Language.KOTLIN: "kt", Language.ELIXIR: "ex",
        Language.HASKELL: "hs", Language.SOLIDITY: "sol", Language.BASH: "sh", Language.MAKE: "mk",
        Language.MARKDOWN: "md", Language.TEXT: "txt",
    }
)  # fmt: skip


def snippet_name(language: Language) -> str:
    """A file name by which `code.languages` knows the language again."""
    # The other languages are called as their files end.
    return f"{_STEM}.{_ENDINGS.get(language, language.value)}"
