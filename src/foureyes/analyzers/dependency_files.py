"""Which lock belongs to which manifest, and what each manifest asks for."""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

LOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "package.json": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
    "pyproject.toml": ("uv.lock", "poetry.lock", "pdm.lock"),
    "Cargo.toml": ("Cargo.lock",),
    "go.mod": ("go.sum",),
    "composer.json": ("composer.lock",),
    "Gemfile": ("Gemfile.lock",),
}
"""For each manifest, the locks that may stand beside it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One dependency that a manifest asks for; `wish` is the version as written, empty where there is none."""

    name: str
    wish: str
    line: int


def lock_paths(manifest: str) -> list[str]:
    """Where the locks of a manifest would be."""
    directory, slash, name = manifest.rpartition("/")
    return [f"{directory}{slash}{lock}" for lock in LOCKS.get(name, ())]


def companions(changed: Iterable[str], tree: Collection[str]) -> list[str]:
    """Locks in `tree` that belong to changed manifests and did not change: read them too, and drift can be seen."""
    changed = set(changed)
    known = frozenset(tree)
    wanted = {lock for path in changed for lock in lock_paths(path)}
    return sorted((wanted & known) - changed)


def wanted(name: str, text: str) -> list[Wanted]:
    """What the manifest `name` asks for. A manifest that can't be read asks for nothing: `formats` says so."""
    reader = _READERS.get(name)
    if reader is None:
        return []
    try:
        return [Wanted(one, wish, _line_of(one, text)) for one, wish in reader(text)]
    # Hostile manifests may nest without end or hold lists where tables belong: no reader may bring the batch down.
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []


def reader_of(lock_name: str, lock: str) -> Callable[[Wanted], bool]:
    """Tells for a dependency whether a lock has it, and for npm, yarn, pnpm and Go by the very wish."""
    return _LOCKS[lock_name](lock)


def _line_of(name: str, text: str) -> int:
    # A name can be the tail of another one (`react` in `preact`), so the signs that names are made of end the search.
    match = re.search(rf"(?<![\w@/.-]){re.escape(name)}(?![\w/.-])", text, re.IGNORECASE)
    return text.count("\n", 0, match.start()) + 1 if match else 1


_NPM_SECTIONS: Final = ("dependencies", "devDependencies", "optionalDependencies")


def _package_json(text: str) -> Iterator[tuple[str, str]]:
    manifest = json.loads(text)
    for section in _NPM_SECTIONS:
        yield from _texts(manifest.get(section) or {})


def _composer(text: str) -> Iterator[tuple[str, str]]:
    manifest = json.loads(text)
    for section in ("require", "require-dev"):
        yield from ((name, wish) for name, wish in _texts(manifest.get(section) or {}) if "/" in name)


def _texts(section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, wish) for name, wish in section.items() if isinstance(wish, str))


def _pyproject(text: str) -> Iterator[tuple[str, str]]:
    project = tomllib.loads(text).get("project", {})
    groups = project.get("optional-dependencies", {})
    for requirement in (*project.get("dependencies", ()), *(one for group in groups.values() for one in group)):
        if match := re.match(r"\s*([A-Za-z0-9][\w.-]*)(.*)", requirement):
            yield match[1], match[2].strip()


def _cargo(text: str) -> Iterator[tuple[str, str]]:
    manifest = tomllib.loads(text)
    for section in ("dependencies", "dev-dependencies", "build-dependencies"):
        for name, wish in manifest.get(section, {}).items():
            yield (wish.get("package", name), wish.get("version", "")) if isinstance(wish, dict) else (name, wish)


def _go_mod(text: str) -> Iterator[tuple[str, str]]:
    replaced = set(re.findall(r"^(?:replace\s+|\s+)(\S+)(?: \S+)? =>", text, re.MULTILINE))
    for match in re.finditer(r"^(?:require\s+|\s+)([\w.-]+\.[\w./~-]+) (v\S+)", text, re.MULTILINE):
        if match[1] not in replaced:
            yield match[1], match[2]


def _gemfile(text: str) -> Iterator[tuple[str, str]]:
    return ((match[1], "") for match in re.finditer(r"^\s*gem ['\"]([\w.-]+)['\"]", text, re.MULTILINE))


_READERS: Final[Mapping[str, Callable[[str], Iterator[tuple[str, str]]]]] = {
    "package.json": _package_json,
    "composer.json": _composer,
    "pyproject.toml": _pyproject,
    "Cargo.toml": _cargo,
    "go.mod": _go_mod,
    "Gemfile": _gemfile,
}


def _npm(lock: str) -> Callable[[Wanted], bool]:
    try:
        root = json.loads(lock)["packages"][""]
        wishes = {pair for section in _NPM_SECTIONS for pair in root.get(section, {}).items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Locks before version 2 do not keep the wishes, and `formats` says when a file can't be read.
        return lambda _: True
    return lambda one: (one.name, one.wish) in wishes


def _yarn(lock: str) -> Callable[[Wanted], bool]:
    return lambda one: any(f"{one.name}@{form}{one.wish}" in lock for form in ("", "npm:"))


def _pnpm(lock: str) -> Callable[[Wanted], bool]:
    pattern = r"^ +'?([^\s':]+)'?:\n? +(?:\{)?specifier: ['\"]?([^'\"\n,]+)"
    wishes = set(re.findall(pattern, lock, re.MULTILINE))
    return lambda one: (one.name, one.wish) in wishes


def _toml(lock: str) -> Callable[[Wanted], bool]:
    names = {_plain(name) for name in re.findall(r'^name = "([^"]+)"', lock, re.MULTILINE)}
    return lambda one: _plain(one.name) in names


def _plain(name: str) -> str:
    """Python and Rust take these spellings for one name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _go_sum(lock: str) -> Callable[[Wanted], bool]:
    lines = {line.rpartition("/go.mod ")[0] for line in lock.splitlines()}
    return lambda one: f"{one.name} {one.wish}" in lines


def _composer_lock(lock: str) -> Callable[[Wanted], bool]:
    names = {name.lower() for name in re.findall(r'"name": "([^"]+/[^"]+)"', lock)}
    return lambda one: one.name.lower() in names


def _gemfile_lock(lock: str) -> Callable[[Wanted], bool]:
    names = set(re.findall(r"^ {2,6}([\w.-]+)", lock, re.MULTILINE))
    return lambda one: one.name in names


_LOCKS: Final[Mapping[str, Callable[[str], Callable[[Wanted], bool]]]] = {
    "package-lock.json": _npm,
    "npm-shrinkwrap.json": _npm,
    "yarn.lock": _yarn,
    "pnpm-lock.yaml": _pnpm,
    "uv.lock": _toml,
    "poetry.lock": _toml,
    "pdm.lock": _toml,
    "Cargo.lock": _toml,
    "go.sum": _go_sum,
    "composer.lock": _composer_lock,
    "Gemfile.lock": _gemfile_lock,
}
