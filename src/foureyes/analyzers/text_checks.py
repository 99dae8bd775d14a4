"""Analysers over any text: secrets, hidden characters, and merge conflicts that were committed."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_test
from foureyes.analyzers.hidden import Hidden, HiddenKind, find_hidden
from foureyes.analyzers.port import AnalyzedFile, Diagnostic
from foureyes.analyzers.secrets import Secret, find_secrets
from foureyes.analyzers.textual import TextAnalyzer
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import counted

# Secrets leak in dumps and notebooks too, so files are read here that no other tool would look at.
_LARGEST: Final = 8 << 20
_LEAKED: Final = (
    "Everyone who can read the code has it, and it stays in the history: take it back at its provider, and read it "
    "from the environment or a secret store."
)

_IS_DOCUMENT: Final = re.compile(
    r"(?:^|/)(?:docs?|examples?|samples?)/|\.(?:md|mdx|rst|adoc)$|[.-](?:example|sample|template|dist)$"
)


def _is_text(file: AnalyzedFile) -> bool:
    # Git looks for a zero byte in about so many bytes to tell binary from text.
    return len(file.content) <= _LARGEST and b"\0" not in file.content[:8192]


def _secrets(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    for secret in find_secrets(text):
        severity = _severity_of(secret, file.path)
        yield diagnosis(
            Place(file.path, secret.line, secret.end_line),
            tool="secrets",
            rule=secret.kind,
            message=f"{secret.title} in the code",
            grade=Grade(severity, Category.SECURITY, _LEAKED, 0.9 if severity is Severity.CRITICAL else 0.7),
        )


def _severity_of(secret: Secret, path: str) -> Severity:
    """In tests, examples and documents most are made up; a real one there is worth a look all the same."""
    if not (is_test(path) or _IS_DOCUMENT.search(path)):
        return secret.severity
    # Never silent: real keys have been published in examples more than once.
    return Severity.MEDIUM if secret.severity is Severity.CRITICAL else Severity.LOW


_HIDDEN: Final[Mapping[HiddenKind, tuple[str, Grade]]] = {
    HiddenKind.BIDI: (
        "Characters that reorder the text",
        Grade(Severity.HIGH, Category.SECURITY, "What people read here is not what the machine runs."),
    ),
    HiddenKind.TAG: (
        "Invisible text",
        Grade(Severity.HIGH, Category.SECURITY, "People can't see it; machines that read the file can."),
    ),
    HiddenKind.ZERO_WIDTH: (
        "Characters without width",
        Grade(Severity.MEDIUM, Category.SECURITY, "Two names or texts that look the same are different."),
    ),
    HiddenKind.BOM: (
        "Byte order mark inside the text",
        Grade(Severity.LOW, Category.BUG, "It can't be seen, and it is part of the word it stands beside."),
    ),
    HiddenKind.LOOKALIKE: (
        "Name with letters of two alphabets",
        Grade(Severity.HIGH, Category.SECURITY, "It looks like another name and is a different one."),
    ),
}


def _hidden(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    """One remark for each kind on a line, however many characters it is about."""
    for (line, kind), group in groupby(find_hidden(text), key=lambda one: (one.line, one.kind)):
        found = list(group)
        title, grade = _HIDDEN[kind]
        codes = " ".join(dict.fromkeys(one.codes for one in found))
        yield diagnosis(
            Place(file.path, line, line),
            tool="hidden",
            rule=kind,
            message=f"{title}: {codes}",
            grade=_softened(grade) if all(map(_may_be_honest, found)) else grade,
        )


def _may_be_honest(found: Hidden) -> bool:
    """Right-to-left languages need these marks."""
    return found.right_to_left and found.kind in (HiddenKind.BIDI, HiddenKind.ZERO_WIDTH)


def _softened(grade: Grade) -> Grade:
    return Grade(Severity.INFO, grade.category, grade.why, 0.4)


_UNRESOLVED: Final = Grade(
    Severity.CRITICAL, Category.BUG, "Both versions and the marks between them are in the file: it can't work."
)


def _conflicts(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    for first, last in _marked(text) if "<<<<<<< " in text else ():
        yield diagnosis(
            Place(file.path, first, last),
            tool="conflicts",
            rule="merge-conflict",
            message=f"Merge conflict that was not resolved ({counted(last - first + 1, 'line')})",
            grade=_UNRESOLVED,
        )


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """First and last line of each conflict: all three marks, in their order. A row of `=` alone is a heading."""
    first, divided = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("<<<<<<< "):
            first, divided = number, False
        elif line.rstrip("\r") == "=======":
            divided = first > 0
        elif line.startswith(">>>>>>> ") and divided:
            yield first, number
            first, divided = 0, False


def _may_conflict(file: AnalyzedFile) -> bool:
    """Patches and documents about git show such marks on purpose."""
    return (
        _is_text(file) and not is_test(file.path) and not file.path.endswith((".patch", ".diff", ".rej", ".md", ".rst"))
    )


SECRETS: Final = TextAnalyzer(name="secrets", wants=_is_text, look=_secrets, reads_parts=True)
HIDDEN: Final = TextAnalyzer(name="hidden", wants=_is_text, look=_hidden, reads_parts=True)
CONFLICTS: Final = TextAnalyzer(name="conflicts", wants=_may_conflict, look=_conflicts, reads_parts=True)
