"""What an analyser is: the Protocol, the batch it reads and the diagnostics it gives back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from foureyes.analyzers.sandbox import Sandbox
from foureyes.code.languages import Language
from foureyes.kit.severity import Category, Severity

SYNTAX_ERROR = "syntax-error"
"""The `rule` of every diagnostic that says a file does not parse, whichever tool says it."""


class Trust(StrEnum):
    """Whether a tool runs code of the repository it looks at (GUARANTEES, *Untrusted code and text*).

    `OWN` is our own code in this process: it reads `AnalyzedFile.content`, so nothing is written out for it.
    """

    OWN = "own"
    INERT = "inert"
    EXECUTES = "executes"


class Scope(StrEnum):
    """What an answer about a file follows from: that file alone, or all files of the batch. Decides what is cached."""

    FILE = "file"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Replacement:
    """New text for whole lines `start_line` to `end_line` of the file as analysed; no lines means deletion.

    `start_line == end_line + 1` inserts before `start_line`.
    """

    start_line: int
    end_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a tool said about a range of lines, counted from 1, both ends included, in the file as analysed."""

    path: str
    start_line: int
    end_line: int
    tool: str
    rule: str
    message: str
    severity: Severity
    category: Category
    explanation: str = ""
    url: str | None = None
    replacement: Replacement | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class AnalyzedFile:
    """A file to look at: its path in the repository, its language where known, and its content with secrets left in."""

    path: str
    content: bytes
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Files of one call. `root` holds exactly these files, written out, and nothing else of the repository.

    Paths here are safe to hand to a program: the runner replaces hostile ones and translates them back. For an
    analyser whose trust is `OWN` nothing is written, and paths are the repository's own.
    """

    root: Path
    files: Sequence[AnalyzedFile]
    sandbox: Sandbox | None = None
    """Present, and working, for analysers that execute code of the repository."""


class Outcome(StrEnum):
    RAN = "ran"
    CACHED = "cached"
    MISSING = "missing"
    FAILED = "failed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ToolRun:
    """What became of one analyser: `reason` says why it is missing, failed or off; `files` are those it was given."""

    tool: str
    outcome: Outcome
    files: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result of all analysers over one set of files."""

    diagnostics: tuple[Diagnostic, ...]
    runs: tuple[ToolRun, ...]
    looked_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each path, the analysers that really looked at it."""


class Analyzer(Protocol):
    """One static tool. Implementations are modules behind `registry.ANALYZERS`; each shows only what differs.

    Those that subclass this Protocol inherit `scope`, `settings` and `reads_parts` as written here.
    """

    @property
    def name(self) -> str: ...

    @property
    def trust(self) -> Trust: ...

    @property
    def scope(self) -> Scope:
        return Scope.FILE

    @property
    def settings(self) -> str:
        """Whatever else decides the answers (configuration, rules, team rules), as text: part of the cache key."""
        return ""

    @property
    def reads_parts(self) -> bool:
        """Whether its answers hold for a file of which only some lines are known. A parser's do not."""
        return False

    def version(self) -> str | None:
        """The tool's version, or None where it is not installed. Part of the cache key, so it must be cheap."""
        ...

    def wants(self, file: AnalyzedFile) -> bool:
        """Whether this tool has anything to say about such a file."""
        ...

    async def run(self, batch: Batch) -> list[Diagnostic]:
        """Diagnostics for a batch of wanted files.

        Raises:
            ProcessError: the tool could not be run to its end, or its output could not be read.
        """
        ...
