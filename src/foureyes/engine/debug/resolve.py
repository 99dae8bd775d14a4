"""From the paths that a trace prints to files of the repository: whole ends of paths are compared, the longest wins."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from foureyes.engine.debug.values import Frame, Runtime

# The host of a web address and the letter of a drive say nothing about where the file is in the repository.
_SCHEME = re.compile(r"^(?:[\w+.-]+://[^/]*/|file:|[A-Za-z]:(?=[\\/]))")
# Code that was given as text, built into Node, or comes with the JVM and has no file that anyone could open.
_NO_FILE = re.compile(r"^[<\[]|^node:|^internal/|native code|^\(|^java/|^javax/|^jdk/|^sun/|^kotlin/|^scala/")
_INSTALLED = re.compile(r"^.*/(?:site-packages|dist-packages)/")
# Where package managers and compilers of many languages keep what is not the program's own code.
_LIBRARY = re.compile(
    r"(?:^|/)(?:node_modules|\.cargo/registry|rustc/[0-9a-f]+|go/pkg/mod|go/src|lib/python\d[\d.]*|gems/[^/]+-\d[^/]*"
    r"|lib/ruby|vendor/bundle|sysdeps|libsanitizer|gcc-[\d.]+|\.nuget|_pytest)(?:/|$)"
)

LIBRARY = "a library"
UNKNOWN = "no file of the repository"


class Files:
    """The files of a repository by the ends of their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[posixpath.basename(path)].append(path)

    def candidates(self, frame: Frame, runtime: Runtime) -> tuple[Sequence[str], str]:
        """The files that a frame may mean, all equally well; or none, and why."""
        path = _SCHEME.sub("/", frame.path).replace("\\", "/").split("?")[0]
        if _NO_FILE.search(frame.path):
            return (), LIBRARY
        # The repository itself may be installed in site-packages, where its frames then are: that part is cut off.
        installed = _INSTALLED.sub("", path)
        if installed == path and _LIBRARY.search(path):
            return (), LIBRARY
        parts = [part for part in posixpath.normpath(installed).split("/") if part not in ("", ".", "..")]
        shared = {
            known: _shared(parts, known.split("/")) for known in self._by_name.get(parts[-1] if parts else "", ())
        }
        # Either path may be the longer one: a checkout elsewhere, or a program that was started in a subfolder.
        whole = {known: length for known, length in shared.items() if length in (len(parts), known.count("/") + 1)}
        if installed != path:
            # Only a package of this very repository is found whole; the rest is what was installed beside it.
            whole = {known: length for known, length in whole.items() if length == len(parts)}
            return _longest(whole), LIBRARY
        return _longest(whole or _partly(shared, runtime)), UNKNOWN


def _partly(shared: dict[str, int], runtime: Runtime) -> dict[str, int]:
    """Two names or more in common: a container may hold `src/app/x.py` as `/srv/app/x.py`. A class name is enough."""
    least = 1 if runtime is Runtime.JAVA else 2
    return {known: length for known, length in shared.items() if length >= least}


def _longest(shared: dict[str, int]) -> list[str]:
    most = max(shared.values(), default=0)
    return [known for known, length in shared.items() if length == most]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many names two paths have in common, counted from the end."""
    count = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        count += 1
    return count
