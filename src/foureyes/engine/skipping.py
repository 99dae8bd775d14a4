"""Why a changed file is not reviewed: by what happened to it, by policy, by its name, by its content."""

from dataclasses import dataclass

from foureyes.code.languages import Language
from foureyes.diff.values import FileChange, FileKind, FileStatus
from foureyes.engine.policy import POLICY_FILE, Policy, path_spec
from foureyes.engine.setaside import Attributes, aside_by_name, looks_minified, says_generated

_LONGEST_LINE = 20_000
"""No person writes a longer line, and neither parsers nor models make sense of it."""


@dataclass(frozen=True, slots=True)
class Skip:
    """A file that is not reviewed. Not `expected`: it should have been, and the review is incomplete without it.

    `void`: there is nothing in it to review, for its content did not change, is gone or is empty.
    """

    path: str
    reason: str
    expected: bool = True
    void: bool = False


def skip_unread(file: FileChange, policy: Policy, attributes: Attributes) -> Skip | None:
    """Whether a file is skipped for reasons that can be known without reading it."""
    if void := _void(file):
        return Skip(file.path, void, void=True)
    said = attributes.aside(file.path)
    aside = aside_by_name(file.path) if said is None else said
    # What can't be reviewed comes before what the team does not want reviewed: the truer reason is told.
    reason = _by_kind(file) or aside_by_policy(file.path, policy) or aside
    return Skip(file.path, reason) if reason else None


def skip_read(
    file: FileChange, text: str, language: Language | None, *, limit: int, attributes: Attributes
) -> Skip | None:
    """Whether a file is skipped for what its head version holds. `limit` is the largest size in bytes."""
    if "\0" in text:
        return Skip(file.path, "binary")
    if attributes.aside(file.path) is None:
        if says_generated(text):
            return Skip(file.path, "generated, by its own words")
        if looks_minified(text, language):
            return Skip(file.path, "minified, by its long lines")
    if len(text) > limit:
        return too_large(file, f"of {_megabytes(len(text))}", f"raise limits.file_bytes ({_megabytes(limit)})")
    # A file that was minified and one that was not look alike to the model: neither can be judged line by line.
    longest = max(map(len, text.split("\n")))
    if longest > _LONGEST_LINE:
        return too_large(file, f"with a line of {longest:,} characters", "break the line")
    return None


def too_large(file: FileChange, what: str, remedy: str) -> Skip:
    """A file that should have been reviewed, and what would help."""
    return Skip(file.path, f"too large: a file {what}; {remedy} or ignore it in {POLICY_FILE}", expected=False)


def _void(file: FileChange) -> str:
    if file.status is FileStatus.DELETED:
        return "deleted"
    return "" if file.hunks or file.kind is not FileKind.TEXT else _without_hunks(file)


def _by_kind(file: FileChange) -> str:
    if file.kind is FileKind.SUBMODULE:
        return "submodule: only its commit changed"
    if file.kind is FileKind.SYMLINK:
        return "symbolic link"
    if file.kind is FileKind.BINARY:
        return "binary"
    return ""


def _without_hunks(file: FileChange) -> str:
    if file.status in (FileStatus.RENAMED, FileStatus.COPIED):
        return f"{file.status} without a change of content"
    if file.status is FileStatus.ADDED:
        return "empty"
    if file.old_mode != file.new_mode:
        return f"only its mode changed, from {file.old_mode} to {file.new_mode}"
    return "no line of it changed"


def aside_by_policy(path: str, policy: Policy) -> str:
    """Why the policy sets a file aside; empty where it does not."""
    if path_spec(policy.ignore).match_file(path):
        return f"ignored by {POLICY_FILE}"
    if policy.include and not path_spec(policy.include).match_file(path):
        return f"not included by {POLICY_FILE}"
    return ""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
