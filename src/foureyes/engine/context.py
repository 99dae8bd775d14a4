"""What the change has to do with beyond its own lines: definitions it uses (C2), callers (C3) and tests (C4).

All names of a whole change are looked for in one search and one read: on a large repository each search costs.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from foureyes.code.definitions import defines
from foureyes.code.grammars import grammar_of
from foureyes.code.imports import Import
from foureyes.code.languages import Language, comment_prefix, language_of
from foureyes.engine.masking import shown
from foureyes.engine.paths import is_test
from foureyes.engine.relations import agreement
from foureyes.engine.setaside import aside_by_name
from foureyes.engine.units import Excerpt
from foureyes.git.trees import Match, Tree
from foureyes.kit.text import decode, printable, shortened

# Each name makes the search of a large repository slower, and few of the later ones are ever told.
_MOST_NAMES = 60
_MOST_MATCHES = 5_000
_MOST_FILES = 60
_SHORTEST_NAME = 3
_TELLING = 9
_MOST_HOMONYMS = 3
"""A name that so many places define says too little about which of them is meant."""

_FUNCTION_LINES = 8
_TYPE_LINES = 16
_LONGEST_LINE = 160
# A search may hit a minified line, on which patterns of definitions would take seconds.
_MOST_READ = 1_000
_WORD = re.compile(r"[\w$]+")
_ASKING = re.compile(r"\w+[?!]")
_TYPE = re.compile(r"\b(?:class|struct|interface|trait|enum|record|protocol|type|module|object|contract)\b")
_MOST_CALLERS = 4
_MOST_TESTS = 2
_FAMILIES = (
    frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX}),
    frozenset({Language.C, Language.CPP}),
    frozenset({Language.JAVA, Language.KOTLIN, Language.SCALA}),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one file of the change would like to know: `names` to find defined, `changed` to find used; best first."""

    path: str
    language: Language | None
    names: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()


class Surroundings:
    """The answers for a whole change."""

    def __init__(
        self, definitions: Mapping[str, Sequence[Match]], uses: Mapping[str, Sequence[Match]], texts: Mapping[str, str]
    ) -> None:
        self._definitions = definitions
        self._uses = uses
        self._lines = {path: text.split("\n") for path, text in texts.items()}

    def definition(self, name: str, wanted: Wanted) -> Excerpt | None:
        """Where `name` is defined, as far as that is clear, with the first lines of it."""
        best = _best(self._definitions.get(name, ()), wanted, name)
        lines = self._lines.get(best.path, ()) if best else ()
        # A working tree may have changed between the search and the read.
        if best is None or best.line > len(lines):
            return None
        return excerpt(best.path, lines, best.line, language_of(best.path))

    def callers(self, name: str, path: str) -> Excerpt | None:
        """Lines outside of tests and of the file itself that use `name`."""
        found = [use for use in self._uses.get(name, ()) if use.path != path and not is_test(use.path)]
        return _uses(f"callers of {name}", found[:_MOST_CALLERS], len(found))

    def tests(self, name: str, path: str) -> Excerpt | None:
        """Lines of tests that use `name`."""
        found = [use for use in self._uses.get(name, ()) if use.path != path and is_test(use.path)]
        return _uses(f"tests of {name}", found[:_MOST_TESTS], len(found))


async def look_around(wanted: Sequence[Wanted], head: Tree) -> Surroundings:
    """Find everything that the files want to know with one search and one read of the head version."""
    names = _fairly([(*each.changed, *each.names) for each in wanted])
    if not names:
        return Surroundings({}, {}, {})
    definitions: dict[str, list[Match]] = {}
    uses: dict[str, list[Match]] = {}
    matches = await head.search(names, limit=_MOST_MATCHES)
    code = {path for path in {match.path for match in matches} if _is_code(path)}
    for match in matches:
        if match.path in code:
            _sort(match, names, definitions, uses)
    chosen = (_best(definitions.get(name, ()), each, name) for each in wanted for name in each.names)
    paths = list(dict.fromkeys(match.path for match in chosen if match))[:_MOST_FILES]
    texts = await head.read(paths) if paths else {}
    return Surroundings(definitions, uses, {path: shown(decode(content)) for path, content in texts.items()})


def excerpt(path: str, lines: Sequence[str], line: int, language: Language | None) -> Excerpt:
    """The definition that starts on a line: its comment, its signature and its first lines, without numbers.

    Lines without numbers can't be taken for lines of the change.
    """
    opening = lines[line - 1]
    most = _TYPE_LINES if _TYPE.search(opening) else _FUNCTION_LINES
    indent = _indent(opening)
    last = line
    while last < len(lines) and last - line + 1 < most and _belongs(lines[last], indent):
        last += 1
    first = line
    while first > 1 and line - first < most // 2 and _leads(lines[first - 2], language):
        first -= 1
    text = "\n".join(shortened(_dedented(each, indent), _LONGEST_LINE) for each in lines[first - 1 : last])
    return Excerpt(f"{printable(path)}:{line}", text.rstrip())


def _dedented(line: str, indent: int) -> str:
    return line[min(indent, _indent(line)) :].rstrip()


def _belongs(line: str, indent: int) -> bool:
    """Whether a line goes on with a definition that stands at this indentation."""
    return not line.strip() or _indent(line) > indent or line.strip()[0] in ")}]{"


def _leads(line: str, language: Language | None) -> bool:
    """Whether a line above a definition belongs to it: a comment, a decorator, an attribute."""
    text = line.strip()
    prefix = comment_prefix(language)
    return bool(text) and (text.startswith(("@", "#[", "/*", "*")) or bool(prefix and text.startswith(prefix)))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _fairly(wishes: Sequence[Sequence[str]]) -> list[str]:
    """The first wishes of all files, then their second ones, until there are enough."""
    turns = (name for turn in zip_longest(*wishes) for name in turn if name and len(name) >= _SHORTEST_NAME)
    return list(dict.fromkeys(turns))[:_MOST_NAMES]


def _sort(
    match: Match, names: Iterable[str], definitions: dict[str, list[Match]], uses: dict[str, list[Match]]
) -> None:
    language, text = language_of(match.path), match.text[:_MOST_READ]
    for name in {*_WORD.findall(text), *_ASKING.findall(text)}.intersection(names):
        place = definitions if defines(text, name, language) else uses
        place.setdefault(name, []).append(match)


def _is_code(path: str) -> bool:
    """Whether names in a file are names of a program, written by hand."""
    language = language_of(path)
    return language is not None and bool(grammar_of(language).definition) and not aside_by_name(path)


def _best(found: Sequence[Match], wanted: Wanted, name: str) -> Match | None:
    """The definition that the file most likely means, or None where none stands out."""
    ranked = [(_nearness(match, wanted, name), match) for match in found if match.path != wanted.path]
    most = max((nearness for nearness, _ in ranked), default=-1)
    best = [match for nearness, match in ranked if nearness == most]
    if most > 0:
        return best[0] if len(best) < _MOST_HOMONYMS else None
    # Far away only a telling name is worth a guess: `ReleaseFactory` or `parse_version`, not `created`.
    telling = name[:1].isupper() or len(name) >= _TELLING
    return best[0] if most == 0 and len(best) == 1 and telling else None


def _nearness(match: Match, wanted: Wanted, name: str) -> int:
    """How likely a definition is meant: by what is imported, then by the folder; under 0 it can't be."""
    languages = {language_of(match.path), wanted.language}
    if is_test(match.path) or (len(languages) > 1 and not any(languages <= family for family in _FAMILIES)):
        return -1
    agreements = [agreement(each.module, match.path) for each in wanted.imports if _brings(each, name)]
    return 3 * max(agreements, default=0) + 2 * (posixpath.dirname(match.path) == posixpath.dirname(wanted.path))


def _brings(imported: Import, name: str) -> bool:
    return name in imported.names or not imported.names or "*" in imported.names


def _uses(label: str, found: Sequence[Match], count: int) -> Excerpt | None:
    if not found:
        return None
    lines = [f"{printable(use.path)}:{use.line}: {shortened(shown(use.text).strip(), _LONGEST_LINE)}" for use in found]
    more = [f"... and {count - len(found)} more"] if count > len(found) else []
    return Excerpt(label, "\n".join(lines + more))
