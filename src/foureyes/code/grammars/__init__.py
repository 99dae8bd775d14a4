"""Tables of node kinds, one for each language that has symbols."""

from foureyes.code.grammar import Grammar
from foureyes.code.grammars import config, javascript, jvm, native, python, scripting, systems
from foureyes.code.languages import Language

_NOTHING = Grammar()

_GRAMMARS: dict[Language, Grammar] = {
    Language.PYTHON: python.PYTHON,
    Language.JAVASCRIPT: javascript.JAVASCRIPT,
    Language.TYPESCRIPT: javascript.TYPESCRIPT,
    Language.TSX: javascript.TYPESCRIPT,
    Language.GO: systems.GO,
    Language.RUST: systems.RUST,
    Language.SWIFT: systems.SWIFT,
    Language.JAVA: jvm.JAVA,
    Language.KOTLIN: jvm.KOTLIN,
    Language.SCALA: jvm.SCALA,
    Language.C: native.C,
    Language.CPP: native.CPP,
    Language.CSHARP: native.CSHARP,
    Language.PHP: scripting.PHP,
    Language.RUBY: scripting.RUBY,
    Language.LUA: scripting.LUA,
    Language.ELIXIR: scripting.ELIXIR,
    Language.BASH: scripting.BASH,
    Language.HCL: config.HCL,
    Language.SOLIDITY: config.SOLIDITY,
}


def grammar_of(language: Language) -> Grammar:
    """The table of a language; an empty one where only its tree is known."""
    return _GRAMMARS.get(language, _NOTHING)
