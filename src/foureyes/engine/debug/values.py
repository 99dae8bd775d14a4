"""What a diagnosis is made of: traces as printed, frames found in the repository, hints, the cause, a tried patch."""

from dataclasses import dataclass, field
from enum import StrEnum

from foureyes.engine.policy import Policy
from foureyes.engine.values import Notice, Suggestion
from foureyes.git.trees import Tree
from foureyes.llm.port import Usage


class Runtime(StrEnum):
    """Whose way of printing errors a trace follows; `OTHER` is anything that names files with lines."""

    PYTHON = "python"
    NODE = "node"
    JAVA = "java"
    GO = "go"
    RUST = "rust"
    RUBY = "ruby"
    CSHARP = "csharp"
    PHP = "php"
    NATIVE = "native"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Frame:
    """One place that a trace names, as printed. `quoted` is the source line that the trace shows with it."""

    path: str
    line: int
    function: str = ""
    column: int | None = None
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class StackTrace:
    """One error with its frames, the one that raised it first. Causes are traces of their own, in printed order."""

    runtime: Runtime
    error: str
    message: str
    frames: tuple[Frame, ...]

    @property
    def headline(self) -> str:
        return f"{self.error}: {self.message}" if self.error and self.message else self.error or self.message


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """A frame that is in the repository. `line` is where the printed line is now, when the file has changed since.

    `stale`: the trace quotes a line that is not in the file any more. `symbol` is the function around the line.
    """

    path: str
    line: int
    frame: Frame
    trace: int
    """Which of the traces it belongs to, from 0."""
    symbol: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class LostFrame:
    """A frame that is not in the repository, and why: a library, or a name that fits no file or several."""

    frame: Frame
    reason: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A true statement that needs no model: what the error means, or what an analyser says of the lines around."""

    text: str
    source: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lines of a file that prove a part of the cause; `quote` is what they say, secrets masked."""

    path: str
    start_line: int
    end_line: int
    quote: str


@dataclass(frozen=True, slots=True)
class FilePatch:
    """The mend of one file: whole lines replaced, all together. `after` is the whole new text, secrets and all.

    `diff` may be shown: secrets in it are masked.
    """

    path: str
    replacements: tuple[Suggestion, ...]
    after: str
    diff: str


@dataclass(frozen=True, slots=True)
class DebugRequest:
    """An error as someone pasted it, and the code that it comes from."""

    error_text: str
    tree: Tree
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known about an error. Without a model: frames and hints, and no cause."""

    traces: tuple[StackTrace, ...]
    frames: tuple[FoundFrame, ...]
    """In the order of likely interest: the innermost of the last error first."""
    lost: tuple[LostFrame, ...]
    hints: tuple[Hint, ...]
    cause: str = ""
    explanation: str = ""
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    patch: tuple[FilePatch, ...] = ()
    notices: tuple[Notice, ...] = ()
    """Among them what of the model's answer was dropped, and why."""
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
