"""What a diagnosis is made of: traces as printed, frames found in the repository, the cause and a tried patch."""

from dataclasses import dataclass
from enum import StrEnum


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
