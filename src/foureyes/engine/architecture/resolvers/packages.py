"""Java, Kotlin, Scala, C# and PHP: files declare their package or namespace, and imports name it."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, joined

PACKAGED = frozenset({Language.JAVA, Language.KOTLIN, Language.SCALA, Language.CSHARP, Language.PHP})


class PackageResolver:
    """A type is looked for in the file that has its name and declares its package; a package is its folder."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._types: dict[str, str] = {}
        self._folders: dict[str, list[str]] = defaultdict(list)
        for path, facts in index.files.items():
            if facts.language in PACKAGED and facts.package:
                package = facts.package.replace("\\", ".")
                stem = posixpath.basename(path).split(".")[0]
                # The main and the test sources may declare the same type; the first in the order of paths is taken.
                self._types.setdefault(f"{package}.{stem}", path)
                self._folders[package].append(posixpath.dirname(path))

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        if source.language is Language.PHP and "/" in used.module:
            yield from self._included(source, used.module)
            return
        name = used.module.replace("\\", ".").strip(".")
        files = [self._type(f"{name}.{each}") for each in used.names if each != "*"] or [self._type(name)]
        known = {file for file in files if file}
        if known:
            yield from sorted(known)
        else:
            yield from self._folder(name, source)

    def _included(self, source: FileFacts, path: str) -> Iterator[str]:
        beside = joined(posixpath.dirname(source.path), path.lstrip("/"))
        found = self._index.first((beside, joined("", path.lstrip("/")))) or self._index.ending(path.lstrip("./"))
        if found:
            yield found

    def _type(self, name: str) -> str | None:
        """The file of a type, also when what is named is something inside of it."""
        # A member of a nested type is two levels inside of the file; deeper imports are made up.
        for _ in range(3):
            if name in self._types:
                return self._types[name]
            name = name.rpartition(".")[0]
        return None

    def _folder(self, package: str, source: FileFacts) -> Iterator[str]:
        """The folder of a package, or of what is around the name: top-level functions are imported by their own."""
        own = posixpath.dirname(source.path)
        outer = package.rpartition(".")[0]
        exact = source.language is Language.CSHARP or package in self._folders
        for folder in sorted(set(self._folders.get(package if exact else outer, ()))):
            if folder != own:
                yield folder
                return
