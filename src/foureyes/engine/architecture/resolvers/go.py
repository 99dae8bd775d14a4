"""Go: an import path below the path of a module of this repository is a folder of it."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from foureyes.code.imports import Import
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, joined

_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)


class GoResolver:
    def __init__(self, index: Index, manifests: Mapping[str, bytes]) -> None:
        self._index = index
        self._modules: dict[str, str] = {}
        for path, raw in manifests.items():
            match = _MODULE.search(raw.decode("utf-8", "replace"))
            if posixpath.basename(path) == "go.mod" and match:
                self._modules[match[1]] = posixpath.dirname(path)

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        known = [name for name in self._modules if used.module == name or used.module.startswith(f"{name}/")]
        if not known:
            return
        # A module may lie inside of another one's folder: the longer name is the closer one.
        longest = max(known, key=len)
        folder = joined(self._modules[longest], used.module.removeprefix(longest).strip("/"))
        tests_itself = folder == posixpath.dirname(source.path)
        if not tests_itself and any(path.endswith(".go") for path in self._index.in_folder.get(folder, ())):
            yield folder
