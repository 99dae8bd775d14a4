"""mypy, on request and in the sandbox: types of one file at a time, other modules taken for unknown."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic, Trust
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_WRONG: Final = Grade(Severity.MEDIUM, Category.BUG, "The code and its types say different things: one is wrong.", 0.8)

# One file with a syntax error makes it say nothing of all others.
_GAVE_UP: Final = 2


class _Message(BaseModel):
    file: str
    line: int
    message: str
    hint: str | None = None
    code: str | None = None
    severity: str


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    if done.code == _GAVE_UP and len(batch.files) > 1:
        raise ValueError("it stops at the first file that it can't parse: ask about each half")
    for line in done.stdout.splitlines():
        message = _Message.model_validate_json(line)
        if message.severity == "error":
            yield diagnosis(
                Place(message.file, message.line, message.line),
                tool="mypy",
                rule=SYNTAX_ERROR if message.code == "syntax" else message.code or "misc",
                message=message.message,
                grade=_WRONG,
                details=message.hint or "",
                url=f"https://mypy.readthedocs.io/en/stable/_refs.html#code-{message.code}" if message.code else None,
            )


def interpreter_directories(_: Path) -> list[Path]:
    """Where Python and its packages are: a virtual environment and what it was made from."""
    return [Path(sys.prefix), Path(sys.base_prefix)]


ANALYZER: Final = CommandAnalyzer(
    name="mypy",
    distribution="mypy",
    wants=of_language(Language.PYTHON),
    arguments=(
        *("--config-file", config("mypy.ini"), "--no-incremental", "--cache-dir=/dev/null", "--output=json"),
        *("--no-error-summary", "--ignore-missing-imports", "--follow-imports=skip", "--no-site-packages"),
        *("--explicit-package-bases", "--check-untyped-defs"),
    ),
    read=_read,
    codes=frozenset({0, 1, _GAVE_UP}),
    trust=Trust.EXECUTES,
    shown=interpreter_directories,
)
