"""Every analyser by name, and the choice among them."""

from collections.abc import Iterable
from typing import Final

from foureyes.analyzers.port import Analyzer
from foureyes.errors import SettingError

DEFAULT: Final[dict[str, Analyzer]] = {}
"""Those that look at every review."""

ON_REQUEST: Final[dict[str, Analyzer]] = {}
"""Those that cost much or run code of the repository: only where `analyzers.on` names them."""

ANALYZERS: Final[dict[str, Analyzer]] = {**DEFAULT, **ON_REQUEST}


def chosen(*, on: Iterable[str] = (), off: Iterable[str] = ()) -> list[Analyzer]:
    """The default set with `on` added and `off` taken away (`off` wins).

    Raises:
        SettingError: a name that no analyser has.
    """
    on, off = set(on), set(off)
    for key, names in (("analyzers.on", on), ("analyzers.off", off)):
        if unknown := sorted(names - ANALYZERS.keys()):
            raise SettingError(key, f"there is no analyser {unknown[0]!r}; those are {', '.join(sorted(ANALYZERS))}")
    return [tool for name, tool in ANALYZERS.items() if (name in DEFAULT or name in on) and name not in off]
