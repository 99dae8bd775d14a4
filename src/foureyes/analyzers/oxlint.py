"""oxlint: defects in JavaScript and TypeScript."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language, relative
from foureyes.analyzers.oxlint_rules import GRADES
from foureyes.analyzers.port import SYNTAX_ERROR, AnalyzedFile, Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_UNPARSABLE: Final = Grade(Severity.CRITICAL, Category.BUG, "The file can't be parsed, so nothing in it works.")
_PLUGINS: Final = {"react-hooks": "react"}


class _Span(BaseModel):
    line: int


class _Label(BaseModel):
    label: str = ""
    span: _Span


class _Message(BaseModel):
    message: str
    filename: str = ""
    code: str | None = None
    url: str | None = None
    help: str = ""
    labels: list[_Label]


class _Answer(BaseModel):
    diagnostics: list[_Message]


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    files = {file.path: file for file in batch.files}
    broken: set[str] = set()
    for message in _Answer.model_validate_json(done.stdout).diagnostics:
        path = relative(message.filename, batch.root)
        # Without a code it is the parser that speaks, and one slip makes it stumble more than once.
        if message.code is None and message.labels and path not in broken:
            broken.add(path)
            yield _syntax_error(message, path)
        elif message.code and path in files and not _is_noise(message, files[path]):
            yield from _diagnostics(message, path)


def _rule(code: str) -> str:
    """`eslint(no-eval)` as `eslint/no-eval`, with the plugin's name as it is selected by."""
    match = re.fullmatch(r"([\w-]+)\(([\w-]+)\)", code)
    return f"{_PLUGINS.get(match[1], match[1])}/{match[2]}" if match else code


def _is_noise(message: _Message, file: AnalyzedFile) -> bool:
    """A function named `useX` outside of React is no hook, and vitest's `expect` takes a message."""
    is_hook = message.code is not None and message.code.startswith("react-hooks")
    return (is_hook and b"react" not in file.content) or message.message.startswith("Expect takes at most")


def _diagnostics(message: _Message, path: str) -> Iterator[Diagnostic]:
    rule = _rule(message.code or "")
    if grade := GRADES.get(rule):
        line = _line(message, rule)
        yield diagnosis(
            Place(path, line, line),
            tool="oxlint",
            rule=rule,
            message=message.message,
            grade=grade,
            details=message.help,
            url=message.url,
        )


def _line(message: _Message, rule: str) -> int:
    """Where several places are named, the first is what was there before and the last is what is wrong with it."""
    lines = [label.span.line for label in message.labels]
    return lines[0] if rule == "react/rules-of-hooks" else (lines or [1])[-1]


def _syntax_error(message: _Message, path: str) -> Diagnostic:
    line = message.labels[0].span.line
    said = f"Syntax error: {message.message}"
    return diagnosis(
        Place(path, line, line), tool="oxlint", rule=SYNTAX_ERROR, message=said, grade=_UNPARSABLE, details=message.help
    )


ANALYZER: Final = CommandAnalyzer(
    name="oxlint",
    distribution="oxlint",
    wants=of_language(Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX),
    arguments=(
        *("--disable-nested-config", "--no-ignore", "--config", config("oxlint.json"), "--format=json"),
        # Its own default set changes from release to release: everything is off but what our table grades.
        *("--allow=all", *(f"--deny={rule}" for rule in sorted(GRADES))),
    ),
    read=_read,
)
