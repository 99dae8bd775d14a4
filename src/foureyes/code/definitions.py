"""Where names are defined: the outline of a file, and a cheap test for a line that defines a name."""

import re
from functools import lru_cache

from foureyes.code.grammars import grammar_of
from foureyes.code.languages import Language
from foureyes.code.symbols import Symbol
from foureyes.code.syntax import Syntax


def outline(text: str, language: Language | None) -> tuple[Symbol, ...]:
    """The symbols of a text in the order of their lines; none where it can't be parsed."""
    syntax = Syntax.parse(text, language)
    return syntax.symbols if syntax else ()


def defines(line: str, name: str, language: Language | None) -> bool:
    """Whether a line looks like the definition of a name. Right nearly always; parse the file to be sure."""
    pattern = _definition_of(name, language) if language else None
    return pattern is not None and pattern.search(line) is not None


@lru_cache(maxsize=4096)
def _definition_of(name: str, language: Language) -> re.Pattern[str] | None:
    definition = grammar_of(language).definition
    # A word boundary would not end names such as `empty?`.
    definition = definition.replace(r"NAME\b", r"NAME(?!\w)")
    return re.compile(definition.replace("NAME", re.escape(name))) if definition else None
