"""Which files an analyser wants, and what their paths tell."""

from collections.abc import Callable
from pathlib import Path

from foureyes.analyzers.port import AnalyzedFile
from foureyes.analyzers.testpaths import is_test
from foureyes.code.languages import Language

__all__ = ["is_test", "is_text", "of_language", "relative"]

_LARGEST = 4 << 20
"""Source files are smaller; what is larger was made by a program or is data."""


def is_text(file: AnalyzedFile) -> bool:
    """Whether it can be read as UTF-8 in reasonable time. Many tools skip other files without a word."""
    if len(file.content) > _LARGEST or b"\0" in file.content:
        return False
    if file.content.isascii():
        return True
    try:
        file.content.decode()
    except UnicodeDecodeError:
        return False
    return True


def of_language(*languages: Language) -> Callable[[AnalyzedFile], bool]:
    """Wants text files in one of `languages`."""
    wanted = frozenset(languages)
    return lambda file: file.language in wanted and is_text(file)


def relative(printed: str, root: Path) -> str:
    """The path of the batch that a tool printed, whether it made it absolute or not."""
    path = Path(printed)
    # A temporary directory may be reached through a link (macOS), and tools print either form.
    for base in (root, root.resolve()):
        if path.is_absolute() and path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return printed.removeprefix("./")


def is_workflow(file: AnalyzedFile) -> bool:
    """Whether GitHub takes it for a workflow."""
    directory, _, name = file.path.rpartition("/")
    return directory == ".github/workflows" and name.endswith((".yml", ".yaml")) and is_text(file)
