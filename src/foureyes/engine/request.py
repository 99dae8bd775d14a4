"""What someone asks to have reviewed, as values; and which of them the words of a command line mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from foureyes.engine.places import exists
from foureyes.engine.policyorigins import Overrides
from foureyes.errors import UnknownRevisionError, UsageError
from foureyes.git.repository import Repository


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What the files on disk change against the last commit; `paths` narrow it down."""

    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """What the next commit would change."""

    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class OneCommit:
    """What one commit changed."""

    revision: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitRange:
    """`A..B` or `A...B`, as git understands them."""

    expression: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """A unified diff, with or without a repository around.

    With `files` (contents by path, of either version) those are all there is: no repository is looked for.
    """

    data: bytes
    files: Mapping[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class WholeFiles:
    """Files and folders that are reviewed whole, as if each line were new."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class SentFiles:
    """Contents by path, from someone elsewhere: reviewed whole, and nothing on this machine is read."""

    files: Mapping[str, bytes]


Source = WorkingTree | Staged | OneCommit | CommitRange | Patch | WholeFiles


@dataclass(frozen=True, slots=True)
class Request:
    """One change to collect. Paths are taken from `folder`; a title that is given wins over that of the commits.

    A `policy`, the text of a `.foureyes.toml`, stands in place of the base version's.
    """

    source: Source | SentFiles
    folder: Path = Path()
    overrides: Overrides = field(default_factory=Overrides)
    title: str = ""
    description: str = ""
    policy: str = ""


async def source_of(words: Sequence[str], folder: Path, repository: Repository | None) -> Source:
    """What `foureyes review WORDS` means: nothing, a range, a commit, or files and folders.

    A range or commit may be followed by the files that are wanted of it. What comes after `--` is always a file.

    Raises:
        UsageError: a word is both, or neither.
    """
    first, named = _split(words)
    if not first:
        return WholeFiles(named) if named else WorkingTree()
    # Git refuses such words as ambiguous too: a guess would review something that nobody asked for.
    is_path = exists(Path(first), folder)
    # A range has two ends, and neither need be at hand: what is wrong with one is said when it is collected.
    is_revision = repository is not None and ".." not in first and await _is_revision(first, repository)
    if is_path and is_revision:
        raise UsageError(f"{first!r} is a revision and a file: write ./{first} for the file, or its commit id.")
    if is_path:
        return WholeFiles((Path(first), *named))
    if ".." in first:
        return CommitRange(first, named)
    if is_revision:
        return OneCommit(first, named)
    raise UnknownRevisionError(first)


def _split(words: Sequence[str]) -> tuple[str, tuple[Path, ...]]:
    """The word that may be a revision, and those that can only be files. `--` is no name of a file here."""
    first = words[0] if words and words[0] != "--" else ""
    rest = words[1:] if first else words
    return first, tuple(Path(word) for word in rest if word != "--")


async def _is_revision(word: str, repository: Repository) -> bool:
    try:
        await repository.resolve(word)
    except UnknownRevisionError:
        return False
    return True
