"""The forms a review can be written in, by name, and what a reader asked to see unfolded."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    TERMINAL = "terminal"
    JSON = "json"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    GITHUB = "github"
    RDJSON = "rdjson"
    GITLAB = "gitlab"
    CHECKSTYLE = "checkstyle"


@dataclass(frozen=True, slots=True)
class View:
    """What people read is folded to a line each; these unfold it. Forms for programs always carry everything."""

    held_back: bool = False
    ledger: bool = False
    refusals: bool = False


FOLDED = View()
