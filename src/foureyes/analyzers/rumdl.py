"""rumdl: links, footnotes and tables in Markdown that do not work. Nothing about style."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, TypeAdapter

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language, relative
from foureyes.analyzers.port import Batch, Diagnostic
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity


def _low(why: str, confidence: float = 1.0) -> Grade:
    return Grade(Severity.LOW, Category.MAINTAINABILITY, why, confidence)


_GRADES: Final[Mapping[str, Grade]] = {
    "MD011": _low("Readers see brackets instead of a link."),
    "MD042": _low("The link leads nowhere."),
    "MD051": _low("The link opens the page at its top.", 0.8),
    "MD052": _low("Readers see brackets instead of a link.", 0.7),
    "MD056": _low("Cells are missing or cut off when the table is shown."),
    "MD066": _low("Readers see the mark instead of a footnote."),
    "MD070": _low("The inner fence ends the outer one, and the rest is shown as text."),
    "MD086": _low("Everything behind it is not shown."),
}


class _Message(BaseModel):
    file: str
    line: int
    rule: str
    message: str


_MESSAGES: Final = TypeAdapter(list[_Message])


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    for message in _MESSAGES.validate_json(done.stdout):
        if grade := _GRADES.get(message.rule):
            yield diagnosis(
                Place(relative(message.file, batch.root), message.line, message.line),
                tool="rumdl",
                rule=message.rule,
                message=message.message,
                grade=grade,
                url=f"https://rumdl.dev/{message.rule.lower()}/",
            )


ANALYZER: Final = CommandAnalyzer(
    name="rumdl",
    distribution="rumdl",
    wants=of_language(Language.MARKDOWN),
    arguments=(
        # A repository's own configuration could name commands to run on code blocks, so none is read.
        *("check", "--no-config", "--no-cache", "--no-exclude", "--no-code-block-tools", "--color=never"),
        *("--output=json", f"--enable={','.join(_GRADES)}"),
    ),
    read=_read,
)
