"""What a resolver is, and the index of a repository's paths that all of them look into."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol

from foureyes.code.imports import Import
from foureyes.engine.architecture.facts import FileFacts


class Resolver(Protocol):
    """Follows the imports of one family of languages in one repository."""

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        """The files, or where a language imports whole folders the folders, that an import means; none if outside."""
        ...


class Index:
    """Every file of code of a repository, by path, by folder and by the end of its path."""

    def __init__(self, files: Iterable[FileFacts]) -> None:
        self.files = {facts.path: facts for facts in files}
        self.in_folder: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.files):
            folder, name = posixpath.split(path)
            self.in_folder[folder].append(path)
            self._by_name[name].append(path)

    def first(self, candidates: Iterable[str]) -> str | None:
        """The first of these paths that is a file here."""
        return next((path for path in candidates if path in self.files), None)

    def ending(self, end: str) -> str | None:
        """The only file whose path ends in `end`, whole names compared; None where there is none or more than one."""
        name = posixpath.basename(end)
        found = [path for path in self._by_name.get(name, ()) if path == end or path.endswith(f"/{end}")]
        return found[0] if len(found) == 1 else None


def joined(folder: str, relative: str) -> str:
    """A relative path from a folder, as a path from the root; it may lead out of the repository: then it is no file."""
    path = posixpath.normpath(posixpath.join(folder, relative))
    return "" if path == "." else path


def folders_above(path: str) -> Iterator[str]:
    """The folder of a path and those around it, the innermost first, the root (an empty text) last."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
