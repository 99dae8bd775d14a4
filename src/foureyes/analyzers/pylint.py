"""pylint, on request and in the sandbox: its errors, none of its style."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language
from foureyes.analyzers.mypy import interpreter_directories
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic, Trust
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_ERROR: Final = Grade(Severity.HIGH, Category.BUG, "This fails when it runs.", 0.8)
_WARNING: Final = Grade(Severity.LOW, Category.BUG, "This probably does something else than it says.", 0.7)
_IGNORED: Final = "import-error,no-name-in-module,relative-beyond-top-level,no-member"
"""What depends on files that are not in the batch."""
_WARNINGS: Final = (
    "cell-var-from-loop,dangerous-default-value,lost-exception,return-in-finally,self-assigning-variable,"
    "unreachable,unbalanced-tuple-unpacking,undefined-loop-variable,using-constant-test,attribute-defined-outside-init"
)


class _Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    type: str
    path: str
    line: int
    end_line: int | None
    symbol: str
    message: str


class _Answer(BaseModel):
    messages: list[_Message]


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    del batch
    for message in _Answer.model_validate_json(done.stdout).messages:
        is_error = message.type in ("error", "fatal")
        yield diagnosis(
            Place(message.path, message.line, message.end_line or message.line),
            tool="pylint",
            rule=SYNTAX_ERROR if message.symbol == "syntax-error" else message.symbol,
            message=message.message,
            grade=_ERROR if is_error else _WARNING,
            url=f"https://pylint.readthedocs.io/en/stable/user_guide/messages/{message.type}/{message.symbol}.html",
        )


ANALYZER: Final = CommandAnalyzer(
    name="pylint",
    distribution="pylint",
    wants=of_language(Language.PYTHON),
    arguments=(
        *("--rcfile", config("pylint.toml"), "--output-format=json2", "--persistent=n", "--score=n", "--disable=all"),
        *(f"--enable=E,F,{_WARNINGS}", f"--disable={_IGNORED}"),
    ),
    read=_read,
    # A sum of bits: 1 fatal, 2 error, 4 warning, 8 refactor, 16 convention. 32 is wrong use.
    codes=frozenset(range(32)),
    trust=Trust.EXECUTES,
    shown=interpreter_directories,
)
