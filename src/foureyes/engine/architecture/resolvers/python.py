"""Python: absolute imports from the source roots that packages give away, relative ones from the importing package."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index


class PythonResolver:
    """A source root is the folder around a top package; a package is a folder with `__init__.py`."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._roots_of: dict[str, set[str]] = defaultdict(set)
        for path in [path for path, facts in index.files.items() if facts.language is Language.PYTHON]:
            root = self._root(posixpath.dirname(path))
            top = path.removeprefix(f"{root}/" if root else "").split("/")[0]
            self._roots_of[top.removesuffix(".py")].add(root)
            # Folders without `__init__.py` may be packages too, when a root is above them.
            for folder in ("", "src", "lib"):
                inner = path.removeprefix(f"{folder}/" if folder else "")
                if inner != path or not folder:
                    self._roots_of[inner.split("/")[0].removesuffix(".py")].add(folder)

    def targets(self, source: FileFacts, used: Import) -> Iterator[str]:
        dots = len(used.module) - len(used.module.lstrip("."))
        parts = [part for part in used.module.split(".") if part]
        if dots:
            folder = posixpath.dirname(source.path)
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            yield from self._modules(folder, parts, used.names)
            return
        for root in self._candidates(posixpath.dirname(source.path), parts[0] if parts else ""):
            found = list(self._modules(root, parts, used.names))
            if found:
                yield from found
                return

    def _root(self, folder: str) -> str:
        while folder and posixpath.join(folder, "__init__.py") in self._index.files:
            folder = posixpath.dirname(folder)
        return folder

    def _candidates(self, folder: str, top: str) -> list[str]:
        """Roots that have this top module: the file's own first, then its folder, then any if there is only one."""
        roots = self._roots_of.get(top, set())
        own = self._root(folder)
        close = [root for root in (own, folder, "", "src", "lib") if root in roots]
        # A script may put any folder on the path; with several that fit, a guess would be an arrow that is not there.
        return close or (list(roots) if len(roots) == 1 else [])

    def _modules(self, root: str, parts: list[str], names: tuple[str, ...]) -> Iterator[str]:
        base = posixpath.join(root, *parts)
        inner = [self._module(posixpath.join(base, name)) for name in names if name != "*"]
        yield from (path for path in inner if path)
        # A name that is no module of its own is defined by the package: then the package is meant as well.
        if not names or None in inner or "*" in names:
            module = self._module(base)
            if module:
                yield module

    def _module(self, path: str) -> str | None:
        return self._index.first((f"{path}.py", f"{path}/__init__.py", f"{path}.pyi")) if path else None
