"""The policy of a review: what `.foureyes.toml` may say, with its defaults."""

import re
from functools import lru_cache
from typing import Annotated

from pathspec import GitIgnoreSpec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from foureyes.analyzers.select import Lines
from foureyes.kit.severity import Severity

POLICY_FILE = ".foureyes.toml"
RULES_FOLDER = ".foureyes/rules"

# Patterns become regular expressions whose time grows with the power of their stars; file names may be hostile too.
_STARS = 3


@lru_cache(maxsize=512)
def path_spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Gitignore patterns ready to match with.

    Raises:
        ValueError: one of them can't be read; the message quotes it.
    """
    for pattern in patterns:
        # Each pattern is read alone, so that the message can quote the one that is wrong.
        if max(segment.count("*") for segment in pattern.split("/")) > _STARS or pattern.count("**") > _STARS:
            raise ValueError(f"{pattern!r} has too many stars: {_STARS} in one part of a path are the most")
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error) as exc:
            raise ValueError(f"{pattern!r} is not a gitignore pattern") from exc
    return GitIgnoreSpec.from_lines(patterns)


def _readable(patterns: tuple[str, ...]) -> tuple[str, ...]:
    path_spec(patterns)
    return patterns


Patterns = Annotated[tuple[str, ...], AfterValidator(_readable)]
SomePatterns = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_readable)]


def _model_spec(spec: str) -> str:
    from foureyes.settings import split_spec  # noqa: PLC0415  # Settings are slow to import and few files name a model.

    split_spec(spec)
    return spec


ModelSpec = Annotated[str, AfterValidator(_model_spec)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PathInstructions(_Section):
    """Words for the model about the files that match one of `paths`."""

    paths: SomePatterns
    """Gitignore patterns of the files that the words are about."""
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    """What a reviewer should know or look for in these files."""


class PathPolicy(_Section):
    """Other settings for the files that match; of several sections that match a file, the last one wins."""

    match: SomePatterns
    """Gitignore patterns of the files that the section is about."""
    floor: Severity | None = None
    """Findings in these files under this severity are held back."""
    off: tuple[str, ...] = ()
    """Rules that are off in these files, as `tool:rule`; `*` stands for any run of characters."""


class RulePolicy(_Section):
    """Rules are named `tool:rule`; `*` stands for any run of characters."""

    off: tuple[str, ...] = ()
    """Rules that are off everywhere."""
    severity: dict[str, Severity] = Field(default_factory=dict)
    """The severity that findings of a rule get, whatever the tool says."""


class AnalyzerPolicy(_Section):
    """Analysers switched on or off by name, beside the default set."""

    on: tuple[str, ...] = ()
    """Analysers to run beside the default set."""
    off: tuple[str, ...] = ()
    """Analysers not to run."""


class ModelPolicy(_Section):
    """Which models review, and what one run may cost."""

    use: ModelSpec | None = None
    """The model to ask first, as `provider:name`; without one, only analysers look."""
    fallback: tuple[ModelSpec, ...] = ()
    """Models to ask, in this order, when the first can't be reached."""
    max_cost: Annotated[float, Field(gt=0, strict=True)] | None = None
    """The budget of one run, in dollars; a call that might exceed it is not made."""


class ContextPolicy(_Section):
    """What the model is told about the project beside the change."""

    conventions: StrictBool = True
    """Whether AGENTS.md, CLAUDE.md, rules of Cursor and Copilot, and CONTRIBUTING.md are given to the model."""
    files: Patterns = ()
    """More files that tell how the project is written, as gitignore patterns."""


class LimitPolicy(_Section):
    """Where a file becomes too large to be reviewed; a file over a limit leaves the review incomplete."""

    file_bytes: Annotated[int, Field(gt=0, strict=True)] = 1_000_000
    """The largest file that is reviewed, in bytes."""


class Policy(_Section):
    """Everything a repository can say about its reviews. An empty file is a valid policy: these defaults."""

    include: Patterns = ()
    """Gitignore patterns; when there are any, only matching files are reviewed."""
    ignore: Patterns = ()
    """Gitignore patterns of files that are not reviewed."""
    lines: Lines = Lines.ADDED
    """Which analyser findings are kept, by where they are."""
    floor: Severity = Severity.LOW
    """Findings under this severity are held back."""
    max_findings: Annotated[int, Field(ge=0, strict=True)] = 10
    """How many remarks a review makes; criticals are always made; 0 means no cap."""
    fail_on: Severity = Severity.HIGH
    """Findings at or above this severity make the command fail."""
    language: Annotated[str, Field(min_length=1, max_length=60)] = "English"
    """The language that the model writes explanations in."""
    instructions: tuple[PathInstructions, ...] = ()
    """Words for the model about some of the files."""
    paths: tuple[PathPolicy, ...] = ()
    """Other settings for some of the files."""
    rules: RulePolicy = RulePolicy()
    analyzers: AnalyzerPolicy = AnalyzerPolicy()
    model: ModelPolicy = ModelPolicy()
    context: ContextPolicy = ContextPolicy()
    limits: LimitPolicy = LimitPolicy()

    def floor_for(self, path: str) -> Severity:
        """The severity under which findings in this file are held back."""
        floors = [section.floor for section in self.paths if section.floor and _matches(section.match, path)]
        return floors[-1] if floors else self.floor

    def silences(self, path: str, rule: str) -> bool:
        """Whether `rule`, named `tool:rule`, is off in this file."""
        here = (pattern for section in self.paths if _matches(section.match, path) for pattern in section.off)
        return any(_names(pattern, rule) for pattern in (*self.rules.off, *here))

    def severity_for(self, rule: str, stated: Severity) -> Severity:
        """The severity that the policy gives to `rule`, named `tool:rule`; `stated` where it says nothing."""
        given = [severity for pattern, severity in self.rules.severity.items() if _names(pattern, rule)]
        return given[-1] if given else stated

    def instructions_for(self, path: str) -> tuple[str, ...]:
        """The words for the model that are about this file."""
        return tuple(section.text for section in self.instructions if _matches(section.paths, path))


def _matches(patterns: tuple[str, ...], path: str) -> bool:
    return path_spec(patterns).match_file(path)


def _names(pattern: str, rule: str) -> bool:
    """Whether a rule's name fits `pattern`, in which `*` stands for any run of characters, in linear time."""
    # No regular expression: `*a*a*a*b` takes one exponential time on a hostile name, and this walk takes linear.
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == rule
    *middle, last = rest
    if not rule.startswith(first) or not rule.endswith(last):
        return False
    at, end = len(first), len(rule) - len(last)
    for part in middle:
        found = rule.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end
