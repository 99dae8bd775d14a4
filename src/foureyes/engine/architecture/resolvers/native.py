"""C and C++ headers, Ruby's `require`, sourced shell scripts: a path beside the file, or the end of one file's path."""

import posixpath
from collections.abc import Iterator

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, joined

_ENDINGS = {Language.RUBY: ".rb"}


class PathResolver:
    def __init__(self, index: Index) -> None:
        self._index = index

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        system = used.module.startswith("<")
        name = used.module.strip("<>")
        ending = _ENDINGS.get(source.language, "")
        name = name if name.endswith(ending) else name + ending
        beside = joined(posixpath.dirname(source.path), name)
        # Include paths are set by build systems that are not run here; a unique end of a path says the same.
        end = posixpath.normpath(name).removeprefix("../").lstrip("/")
        if beside in self._index.files and not system:
            yield beside
            return
        # `<string.h>` is never the only file of that name in the repository by more than chance.
        found = self._index.ending(end) if "/" in end or not system else None
        if found and found != source.path:
            yield found
