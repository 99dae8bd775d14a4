"""The policy of a review: what `.foureyes.toml` may say, with its defaults."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from foureyes.analyzers.select import Lines
from foureyes.kit.severity import Severity


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PathInstructions(_Section):
    """Words for the model about the files that match one of `paths` (gitignore patterns)."""

    paths: tuple[str, ...] = Field(min_length=1)
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class RulePolicy(_Section):
    """Rules are named `tool:rule`; `*` stands for any run of characters."""

    off: tuple[str, ...] = ()
    severity: dict[str, Severity] = Field(default_factory=dict)


class AnalyzerPolicy(_Section):
    """Analysers switched on or off by name, beside the default set."""

    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class ModelPolicy(_Section):
    """Which models review, first choice first, as `provider:name`; and what one run may cost, in dollars."""

    use: str | None = None
    fallback: tuple[str, ...] = ()
    max_cost: Annotated[float, Field(gt=0)] | None = None


class Policy(_Section):
    """Everything a repository can say about its reviews. An empty file is a valid policy: these defaults."""

    include: tuple[str, ...] = ()
    """Gitignore patterns; when there are any, only matching files are reviewed."""
    ignore: tuple[str, ...] = ()
    lines: Lines = Lines.ADDED
    """Which analyser findings are kept, by where they are."""
    floor: Severity = Severity.LOW
    """Findings under it are held back."""
    max_findings: Annotated[int, Field(ge=0)] = 10
    """How many remarks a review makes; criticals are always made; 0 means no cap."""
    fail_on: Severity = Severity.HIGH
    language: str = "English"
    """The language that the model writes explanations in."""
    instructions: tuple[PathInstructions, ...] = ()
    rules: RulePolicy = RulePolicy()
    analyzers: AnalyzerPolicy = AnalyzerPolicy()
    model: ModelPolicy = ModelPolicy()
