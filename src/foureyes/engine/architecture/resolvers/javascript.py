"""JavaScript and TypeScript: relative paths, the aliases of tsconfig.json, and packages of the same repository."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from foureyes.code.imports import Import
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, folders_above, joined

_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
# With ES modules, TypeScript wants `./cart.js` to be written where `cart.ts` is meant.
_WRITTEN_AS = re.compile(r"\.([cm]?)jsx?$")
# Strings are matched first and kept: the `//` of an address in one begins no comment.
_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


@dataclass(frozen=True, slots=True)
class _Config:
    """What a tsconfig says about bare names: aliases with one star, and the folder that all names may start in."""

    aliases: tuple[tuple[str, tuple[str, ...]], ...]
    base: str | None


class JavaScriptResolver:
    def __init__(self, index: Index, manifests: Mapping[str, bytes]) -> None:
        self._index = index
        self._manifests = manifests
        self._configs: dict[str, _Config] = {}
        for path in manifests:
            if posixpath.basename(path) in ("tsconfig.json", "jsconfig.json"):
                self._configs.setdefault(posixpath.dirname(path), self._config(path))
        self._packages = dict(self._named_packages())

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        # Vite and webpack take instructions behind a question mark: `./cart.ts?raw`.
        module = used.module.split("?")[0]
        folder = posixpath.dirname(source.path)
        if module.startswith("."):
            candidates = [joined(folder, module)]
        else:
            candidates = [*self._aliased(source.path, module), *self._in_package(module)]
        found = next((path for path in map(self._file, candidates) if path), None)
        if found:
            yield found

    def _file(self, path: str) -> str | None:
        """A path without its ending, or with the ending that it will have once it is compiled."""
        bare = _WRITTEN_AS.sub("", path)
        return self._index.first(
            (
                path,
                *(path + ending for ending in _ENDINGS),
                *(bare + ending for ending in _ENDINGS if bare != path),
                *(f"{path}/index{ending}" for ending in _ENDINGS),
            )
        )

    def _aliased(self, path: str, module: str) -> Iterator[str]:
        config = next((self._configs[folder] for folder in folders_above(path) if folder in self._configs), None)
        for alias, places in config.aliases if config else ():
            before, star, after = alias.partition("*")
            if star and module.startswith(before) and module.endswith(after):
                rest = module[len(before) : len(module) - len(after)]
                yield from (place.replace("*", rest, 1) for place in places)
            elif module == alias:
                yield from places
        if config and config.base is not None:
            yield joined(config.base, module)
        # Bundlers are mostly set up so, in files that are programs and are not run here.
        if module.startswith(("@/", "~/")):
            yield from (joined(folder, f"src/{module[2:]}") for folder in folders_above(path))

    def _in_package(self, module: str) -> Iterator[str]:
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        if name in self._packages:
            rest = module.removeprefix(name).strip("/")
            for inside in ("", "src"):
                yield joined(self._packages[name], posixpath.join(inside, rest))

    def _named_packages(self) -> Iterator[tuple[str, str]]:
        for path, raw in self._manifests.items():
            name = _loaded(raw).get("name") if posixpath.basename(path) == "package.json" else None
            if isinstance(name, str) and name:
                yield name, posixpath.dirname(path)

    def _config(self, path: str) -> _Config:
        """A tsconfig, or the one that it extends where only that has aliases and is in the repository."""
        stated = _loaded(self._manifests[path])
        extended = stated.get("extends")
        if "paths" not in _options(stated) and isinstance(extended, str):
            parent = joined(posixpath.dirname(path), extended if extended.endswith(".json") else f"{extended}.json")
            if parent in self._manifests:
                return _read_config(_options(_loaded(self._manifests[parent])), posixpath.dirname(parent))
        return _read_config(_options(stated), posixpath.dirname(path))


def _options(stated: dict[str, Any]) -> dict[str, Any]:
    options = stated.get("compilerOptions")
    return options if isinstance(options, dict) else {}


def _read_config(options: dict[str, Any], folder: str) -> _Config:
    stated, paths = options.get("baseUrl"), options.get("paths")
    base = joined(folder, stated) if isinstance(stated, str) else None
    aliases = tuple(
        (alias, tuple(joined(base or folder, place) for place in places if isinstance(place, str)))
        for alias, places in (paths.items() if isinstance(paths, dict) else ())
        if isinstance(places, list)
    )
    return _Config(aliases, base)


def _loaded(raw: bytes) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; empty where it is none."""
    text = _COMMENTS.sub(lambda match: match[1] or "", raw.decode("utf-8", "replace"))
    try:
        loaded = json.loads(_TRAILING_COMMA.sub("", text))
    # A broken config is its owner's worry; the map then lacks a few arrows.
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
