"""ESLint, on request and in the sandbox: rules of its core that oxlint does not have."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language, relative
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic, Trust
from foureyes.analyzers.programs import config
from foureyes.analyzers.sandbox import SEEN_AS
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_WRONG: Final = Grade(Severity.MEDIUM, Category.BUG, "This probably does something else than it says.", 0.8)
_UNPARSABLE: Final = Grade(Severity.CRITICAL, Category.BUG, "The file can't be parsed, so nothing in it works.")


class _Message(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    rule_id: str | None
    message: str
    line: int = 1
    end_line: int | None = None


class _File(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    file_path: str
    messages: list[_Message]


_FILES: Final = TypeAdapter(list[_File])


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    del batch
    for file in _FILES.validate_json(done.stdout):
        path = relative(file.file_path, SEEN_AS)
        for message in file.messages:
            yield _diagnostic(message, path)


def _diagnostic(message: _Message, path: str) -> Diagnostic:
    place = Place(path, message.line, message.end_line or message.line)
    if message.rule_id is None:
        return diagnosis(place, tool="eslint", rule=SYNTAX_ERROR, message=message.message, grade=_UNPARSABLE)
    url = f"https://eslint.org/docs/latest/rules/{message.rule_id}"
    return diagnosis(place, tool="eslint", rule=message.rule_id, message=message.message, grade=_WRONG, url=url)


ANALYZER: Final = CommandAnalyzer(
    name="eslint",
    distribution="eslint",
    wants=of_language(Language.JAVASCRIPT),
    arguments=("--no-config-lookup", "--config", config("eslint.mjs"), "--format=json", "--no-ignore", "--no-color"),
    read=_read,
    trust=Trust.EXECUTES,
    interpreter="node",
    # A package in node_modules needs those beside it.
    shown=lambda program: [program.resolve().parents[2]],
)
