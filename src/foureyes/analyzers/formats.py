"""YAML, JSON and TOML files that can't be read, or that say the same key twice."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Final

import yaml

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_test, is_text
from foureyes.analyzers.port import SYNTAX_ERROR, AnalyzedFile, Diagnostic
from foureyes.analyzers.textual import TextAnalyzer
from foureyes.code.languages import Language
from foureyes.kit.severity import Category, Severity

_LARGEST: Final = {Language.YAML: 1 << 20, Language.JSON: 4 << 20, Language.TOML: 1 << 17}
"""Python's own TOML reader takes a second for a megabyte."""
_UNREADABLE: Final = Grade(Severity.HIGH, Category.BUG, "The file can't be read, so nothing in it counts.", 0.9)
_REPLACED: Final = Grade(Severity.MEDIUM, Category.BUG, "The later value replaces the earlier one silently.")
_TEMPLATE: Final = re.compile(r"(?<!\$)\{\{|\{%|<%|^\s*#@|\[\[", re.MULTILINE)
_COMMENT: Final = re.compile(r'("(?:[^"\\\n]|\\.)*+")|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA: Final = re.compile(r'("(?:[^"\\\n]|\\.)*+")|,(?=\s*[}\]])')


def _look(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    text = text.removeprefix("\ufeff")
    try:
        if file.language is Language.YAML:
            yield from _yaml(file.path, text)
        elif file.language is Language.JSON:
            yield from _json(file.path, text)
        else:
            yield from _toml(file.path, text)
    except RecursionError:
        yield _unreadable(file.path, 1, "it is nested too deep")


def _yaml(path: str, text: str) -> Iterator[Diagnostic]:
    # Before a template is filled in it need not be YAML, and both branches of an `if` may set one key.
    if _TEMPLATE.search(text):
        return
    try:
        yield from _repeated_keys(path, text)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        yield _unreadable(path, mark.line + 1 if mark is not None else 1, exc.problem or exc.context or "not YAML")
    except yaml.YAMLError as exc:
        yield _unreadable(path, 1, str(exc))


def _repeated_keys(path: str, text: str) -> Iterator[Diagnostic]:
    """Walks over events, which are not expanded: a file of aliases to aliases costs no more than its length."""
    open_maps: list[_Keys] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            open_maps.pop()
            continue
        is_key = bool(open_maps) and open_maps[-1].next_is_key()
        if is_key and isinstance(event, yaml.ScalarEvent) and open_maps[-1].repeats(event.value):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            said = f"Key `{event.value}` is set twice"
            yield diagnosis(Place(path, line, line), tool="formats", rule="repeated-key", message=said, grade=_REPLACED)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            open_maps.append(_Keys(is_map=isinstance(event, yaml.MappingStartEvent)))


class _Keys:
    """The keys of one open mapping so far, and whether a key or a value comes next. A sequence has none."""

    def __init__(self, *, is_map: bool) -> None:
        self._is_map = is_map
        self._count = 0
        self._seen: set[str] = set()

    def next_is_key(self) -> bool:
        self._count += 1
        return self._is_map and self._count % 2 == 1

    def repeats(self, key: str) -> bool:
        if key in self._seen and key != "<<":
            return True
        self._seen.add(key)
        return False


def _json(path: str, text: str) -> Iterator[Diagnostic]:
    repeated: list[str] = []

    def keep(pairs: list[tuple[str, object]]) -> None:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            repeated.append(keys[0])

    try:
        json.loads(text, object_pairs_hook=keep)
    except json.JSONDecodeError as exc:
        if text.strip() and not _is_lenient(text):
            yield _unreadable(path, exc.lineno, exc.msg)
        return
    if repeated:
        # JSON is YAML, and that reader knows the lines.
        yield from _repeated_keys(path, text)


def _is_lenient(text: str) -> bool:
    """Whether it is JSON but for comments and trailing commas, as many tools read it."""
    plain = _TRAILING_COMMA.sub(r"\1", _COMMENT.sub(r"\1", text))
    try:
        json.loads(plain)
    except json.JSONDecodeError:
        return False
    return True


def _toml(path: str, text: str) -> Iterator[Diagnostic]:
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as exc:
        place = re.search(r" \(at line (\d+), column \d+\)$", str(exc))
        line = int(place[1]) if place else text.count("\n") + 1
        yield _unreadable(path, line, str(exc).split(" (at ")[0])


def _unreadable(path: str, line: int, reason: str) -> Diagnostic:
    said = f"Syntax error: {reason}"
    return diagnosis(Place(path, line, line), tool="formats", rule=SYNTAX_ERROR, message=said, grade=_UNREADABLE)


def _wants(file: AnalyzedFile) -> bool:
    """No JSON with comments by name, no lock files, and no tests: those keep broken files on purpose."""
    largest = _LARGEST.get(file.language) if file.language else None
    if largest is None or len(file.content) > largest or is_test(file.path):
        return False
    return not file.path.endswith((".json5", ".jsonc", ".lock", ".har")) and is_text(file)


ANALYZER: Final = TextAnalyzer(name="formats", wants=_wants, look=_look)
