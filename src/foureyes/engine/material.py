"""What the engine is given: a change, both versions of the files, and what the base version says about reviews."""

from dataclasses import dataclass, field

from foureyes.diff.values import Change
from foureyes.engine.policy import Policy
from foureyes.engine.values import Notice
from foureyes.git.trees import Tree


@dataclass(frozen=True, slots=True)
class Convention:
    """A file of the base version that tells how the project is written (AGENTS.md, CONTRIBUTING.md ...)."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """One change with all that judging it needs. Policy, conventions and team rules come from the base version."""

    change: Change
    base: Tree
    head: Tree
    policy: Policy = field(default_factory=Policy)
    conventions: tuple[Convention, ...] = ()
    team_rules: dict[str, str] = field(default_factory=dict)
    """Text of each `.foureyes/rules/*.yml`, by path."""
    notices: tuple[Notice, ...] = ()
    complete: bool = True
    """False for a patch whose files are not at hand: what `head` lacks is then judged by its hunks alone."""
