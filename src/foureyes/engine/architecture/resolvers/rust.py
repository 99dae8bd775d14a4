"""Rust: `mod`, `crate::`, `super::` and the other crates of the repository, as far as modules are files."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from foureyes.code.imports import Import
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, folders_above

# A full TOML parser would refuse whole files over one error; only the name of the package is asked for.
_NAME = re.compile(r"^\[package\][^\[]*?^name\s*=\s*\"([\w-]+)\"", re.MULTILINE)
_ROOTS = ("lib.rs", "main.rs")


class RustResolver:
    def __init__(self, index: Index, manifests: Mapping[str, bytes]) -> None:
        self._index = index
        self._crates: dict[str, str] = {}
        for path, raw in manifests.items():
            match = _NAME.search(raw.decode("utf-8", "replace"))
            if posixpath.basename(path) == "Cargo.toml" and match:
                # Cargo writes names with a dash, code writes them with an underscore.
                self._crates[match[1].replace("-", "_")] = posixpath.join(posixpath.dirname(path), "src")

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        first, *rest = [*used.module.split("::"), *(name for name in used.names[:1] if name not in ("*", "self"))]
        folder = self._start(source.path, first)
        if folder is None:
            return
        while rest and rest[0] == "super":
            folder, rest = posixpath.dirname(folder), rest[1:]
        found = self._deepest(folder, rest)
        if found and found != source.path:
            yield found

    def _start(self, path: str, first: str) -> str | None:
        """The folder that the modules named behind `first` are in."""
        name = posixpath.basename(path)
        own = posixpath.dirname(path) if name in (*_ROOTS, "mod.rs") else path.removesuffix(".rs")
        if first == "self":
            return own
        if first == "super":
            return posixpath.dirname(own)
        if first == "crate":
            return self._crate_root(path)
        return self._crates.get(first)

    def _crate_root(self, path: str) -> str | None:
        return next(
            (
                folder
                for folder in folders_above(path)
                if self._index.first(posixpath.join(folder, name) for name in _ROOTS)
            ),
            None,
        )

    def _deepest(self, folder: str, names: list[str]) -> str | None:
        """The file of the last of the nested modules that is a file; the names behind it are items in that file."""
        found = self._index.first(
            (*(posixpath.join(folder, root) for root in _ROOTS), f"{folder}/mod.rs", f"{folder}.rs")
        )
        for name in names:
            folder = posixpath.join(folder, name)
            module = self._index.first((f"{folder}.rs", f"{folder}/mod.rs"))
            if module is None:
                break
            found = module
        return found
