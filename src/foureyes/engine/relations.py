"""Which files of a change have to do with each other: a test with what it tests, an importer with what it imports."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from foureyes.code.imports import Import
from foureyes.engine.paths import is_test, subject

_BETWEEN_PARTS = re.compile(r"[./\\:<>]+")
_PACKAGE_FILES = frozenset({"__init__", "index", "mod"})


def near_files(imports: Mapping[str, Sequence[Import]]) -> dict[str, frozenset[str]]:
    """For each path, given with what its file imports, the other paths among them that it has to do with."""
    near: dict[str, set[str]] = {path: set() for path in imports}
    for one, other in (*_tests(imports), *_importers(imports)):
        if one != other:
            near[one].add(other)
            near[other].add(one)
    return {path: frozenset(others) for path, others in near.items()}


def agreement(module: str, path: str) -> int:
    """How many parts of a module's name are the end of a path or of its folder.

    `a.b.c` and `src/a/b/c.py` agree in three, and so do `a/b/c` and `a/b/c/d.go`.
    """
    parts = [part.lower() for part in _BETWEEN_PARTS.split(module) if part]
    places = _places(path)
    return max(_common_end(parts, places), _common_end(parts, places[:-1]))


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _places(path: str) -> list[str]:
    """The parts of a path by which a module may be imported."""
    parts = path.lower().split("/")
    parts[-1] = parts[-1].split(".", 1)[0] or parts[-1]
    return parts[:-1] if parts[-1] in _PACKAGE_FILES and len(parts) > 1 else parts


def _tests(paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    by_subject: dict[str, list[str]] = {}
    for path in paths:
        by_subject.setdefault(subject(path), []).append(path)
    for alike in by_subject.values():
        tests = [path for path in alike if is_test(path)]
        yield from ((test, path) for test in tests for path in alike if path not in tests)


def _importers(imports: Mapping[str, Sequence[Import]]) -> Iterable[tuple[str, str]]:
    by_name: dict[str, list[str]] = {}
    for path in imports:
        by_name.setdefault(_places(path)[-1], []).append(path)
    for path, imported in imports.items():
        for module in {each.module for each in imported}:
            parts = [part.lower() for part in _BETWEEN_PARTS.split(module) if part]
            candidates = by_name.get(parts[-1], ()) if parts else ()
            if candidates:
                # `utils` is in many folders; the longest common end of the path is the likeliest one meant.
                yield path, max(candidates, key=lambda other: agreement(module, other))
