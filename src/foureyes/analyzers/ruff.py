"""ruff: defects in Python, with bandit's security rules among them."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel, TypeAdapter

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Edit, Grade, Place, diagnosis, lines_of, replacement
from foureyes.analyzers.files import is_test, of_language, relative
from foureyes.analyzers.port import SYNTAX_ERROR, AnalyzedFile, Batch, Diagnostic, Replacement
from foureyes.analyzers.ruff_rules import GRADES
from foureyes.analyzers.secrets import find_secrets
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode

_UNPARSABLE: Final = Grade(Severity.CRITICAL, Category.BUG, "Python can't read the file, so nothing in it works.")
_IN_TESTS: Final = ("ASYNC", "B017", "B018", "S1", "S3", "S6", "SIM115", "E722")
"""What is usual in tests: made-up passwords, files left open, values looked at for their side effects."""
_HARMLESS: Final = "seems safe"
"""What S602 and S605 say about a command that is a constant."""

_PASSWORDS: Final = frozenset({"S105", "S106", "S107"})
_BY_LINE: Final = _PASSWORDS | {"B909", "F811"}
# A list that grows while it is walked is how a queue is written; only what shrinks it makes the loop skip.
_GROWS: Final = re.compile(r"\.(append|extend)\(|\+=")


class _Point(BaseModel):
    row: int
    column: int


class _Change(BaseModel):
    content: str
    location: _Point
    end_location: _Point


class _Fix(BaseModel):
    applicability: str
    edits: list[_Change]


class _Message(BaseModel):
    code: str | None
    message: str
    filename: str
    location: _Point
    end_location: _Point
    url: str | None = None
    fix: _Fix | None = None


_MESSAGES: Final = TypeAdapter(list[_Message])


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    files = {file.path: file for file in batch.files}
    broken: set[str] = set()
    for message in _MESSAGES.validate_json(done.stdout):
        path = relative(message.filename, batch.root)
        grade = GRADES.get(message.code or "")
        if path in files and grade and not _is_noise(message, files[path]):
            yield _diagnostic(message, files[path], grade)
        elif path in files and grade is None and path not in broken:
            # One slip makes the parser stumble many times: the first place says it.
            broken.add(path)
            yield _syntax_error(message, path)


def _is_noise(message: _Message, file: AnalyzedFile) -> bool:
    code = message.code or ""
    if _HARMLESS in message.message or (is_test(file.path) and code.startswith(_IN_TESTS)):
        return True
    line = decode(file.content.split(b"\n")[message.location.row - 1]) if code in _BY_LINE else ""
    # A name imported twice is untidy; a function or class written twice is one lost.
    if code == "F811":
        return not line.lstrip().startswith(("def ", "async def ", "class ", "@"))
    if code == "B909":
        return _GROWS.search(line) is not None
    # `TOKEN_URL = "refresh_token"` holds a word, not a password.
    return code in _PASSWORDS and not find_secrets(line, wide=True)


def _diagnostic(message: _Message, file: AnalyzedFile, grade: Grade) -> Diagnostic:
    return diagnosis(
        Place(file.path, message.location.row, _last_row(message)),
        tool="ruff",
        rule=message.code or "",
        message=message.message,
        grade=grade,
        url=message.url,
        replacement=_replacement(message.fix, file),
    )


def _syntax_error(message: _Message, path: str) -> Diagnostic:
    place = Place(path, message.location.row, _last_row(message))
    return diagnosis(
        place, tool="ruff", rule=SYNTAX_ERROR, message=f"Syntax error: {message.message}", grade=_UNPARSABLE
    )


def _last_row(message: _Message) -> int:
    """A range that ends in column 1 holds nothing of that line."""
    return message.end_location.row - (message.end_location.column == 1)


def _replacement(fix: _Fix | None, file: AnalyzedFile) -> Replacement | None:
    if fix is None or fix.applicability == "display":
        return None
    edits = [
        Edit(edit.location.row, edit.location.column, edit.end_location.row, edit.end_location.column, edit.content)
        for edit in fix.edits
    ]
    return replacement(lines_of(file), edits)


ANALYZER: Final = CommandAnalyzer(
    name="ruff",
    distribution="ruff",
    wants=of_language(Language.PYTHON),
    arguments=(
        *("check", "--isolated", "--no-cache", "--no-respect-gitignore", "--output-format=json", "--quiet"),
        # Preview rules are taken one by one, never because a code of ours is a prefix of theirs.
        *("--preview", "--config=lint.explicit-preview-rules=true", f"--select={','.join(sorted(GRADES))}"),
    ),
    read=_read,
)
