"""cppcheck: memory and logic errors in C and C++."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_DOCS: Final = "https://cwe.mitre.org/data/definitions/{}.html"
_ERROR: Final = Grade(Severity.HIGH, Category.BUG, "The program's behaviour is undefined when it gets here.")
_WARNING: Final = Grade(Severity.MEDIUM, Category.BUG, "The program may do something else than it says.", 0.8)
_LEAK: Final = Grade(Severity.MEDIUM, Category.BUG, "Each time this path is taken, something is never given back.")
_GRADES: Final[Mapping[str, Grade]] = {
    "arrayIndexOutOfBounds": Grade(Severity.HIGH, Category.SECURITY, "It reads or writes memory of something else."),
    "bufferAccessOutOfBounds": Grade(Severity.HIGH, Category.SECURITY, "It reads or writes memory of something else."),
    "deallocret": Grade(Severity.HIGH, Category.SECURITY, "The memory may belong to something else by now."),
    "deallocuse": Grade(Severity.HIGH, Category.SECURITY, "The memory may belong to something else by now."),
    "doubleFree": Grade(Severity.HIGH, Category.SECURITY, "Freeing twice corrupts the heap."),
    "getsCalled": Grade(Severity.HIGH, Category.SECURITY, "`gets` writes past the buffer for any long line."),
    "leakNoVarFunctionCall": _LEAK,
    "memleak": _LEAK,
    "memleakOnRealloc": _LEAK,
    "nullPointer": Grade(Severity.HIGH, Category.BUG, "The program crashes when it gets here."),
    "resourceLeak": _LEAK,
    "uninitvar": Grade(Severity.HIGH, Category.BUG, "The value is whatever was in memory before."),
    "zerodiv": Grade(Severity.HIGH, Category.BUG, "The program crashes when it gets here."),
}
# What it says about code that it can't read: without the headers that is its limit, not the code's fault.
_IGNORED: Final = frozenset(
    {"syntaxError", "unknownMacro", "preprocessorErrorDirective", "internalError", "internalAstError", "cppcheckError"}
)

_INCLUDE: Final = re.compile(rb"^[ \t]*#[ \t]*(?:include|include_next|import|embed)\b[^\n]*$", re.MULTILINE)
_GLUE: Final = re.compile(rb"\\\r?\n|/\*.*?(?:\*/|\Z)", re.DOTALL)
_HIDDEN_INCLUDE: Final = re.compile(rb"(?:#|%:|\?\?=)\s*(?:include|import|embed)|__has_(?:include|embed)")


def without_includes(content: bytes) -> bytes | None:
    """The same lines with no file read by the preprocessor, or None where a directive is hidden too well.

    cppcheck opens whatever `#include` names, anywhere on this machine, and can quote it in its messages.
    """
    blank = _INCLUDE.sub(b"", content)
    return None if _HIDDEN_INCLUDE.search(_GLUE.sub(b"", blank)) else blank


def _prepare(batch: Batch) -> None:
    for file in batch.files:
        (batch.root / file.path).write_bytes(without_includes(file.content) or b"")


@dataclass(frozen=True, slots=True)
class _Error:
    rule: str
    severity: str
    message: str
    cwe: str
    path: str
    line: int


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    del batch
    for error in _errors(done.stderr):
        # Style and performance are matters of taste in its hands; only errors and warnings are about defects.
        if error.rule not in _IGNORED and error.severity in ("error", "warning"):
            yield diagnosis(
                Place(error.path, error.line, error.line),
                tool="cppcheck",
                rule=error.rule,
                message=error.message,
                grade=_GRADES.get(error.rule) or (_ERROR if error.severity == "error" else _WARNING),
                url=_DOCS.format(error.cwe) if error.cwe else None,
            )


def _errors(xml: bytes) -> Iterator[_Error]:
    try:
        root = fromstring(xml)
    except (ParseError, DefusedXmlException) as exc:
        raise ValueError("no XML") from exc
    for element in root.iter("error"):
        # The first place is where it goes wrong; the others tell how it came to that.
        location = element.find("location")
        if location is not None:
            yield _Error(
                rule=element.get("id", ""),
                severity=element.get("severity", ""),
                message=element.get("msg", ""),
                cwe=element.get("cwe", ""),
                path=location.get("file", ""),
                line=int(location.get("line", "1")),
            )


def _wants(file: AnalyzedFile) -> bool:
    return _is_c(file) and without_includes(file.content) is not None


_is_c: Final = of_language(Language.C, Language.CPP)

ANALYZER: Final = CommandAnalyzer(
    name="cppcheck",
    distribution="cppcheck-py",
    wants=_wants,
    # Each configuration of the preprocessor is one more run over the file; four show nearly all there is to see.
    arguments=("--quiet", "--xml", "--enable=warning", "--max-configs=4", "--check-level=normal"),
    read=_read,
    prepare=_prepare,
)
