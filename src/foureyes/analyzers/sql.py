"""SQL: statements that hit every row, and migrations that fail or lock on a table in use (A4)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_test, of_language
from foureyes.analyzers.port import AnalyzedFile, Diagnostic
from foureyes.analyzers.textual import TextAnalyzer
from foureyes.code.languages import Language
from foureyes.kit.severity import Category, Severity

_LARGEST: Final = 1 << 20

# Texts, names in quotes and comments become blanks of the same length, so that offsets and lines stay.
_OPAQUE: Final = re.compile(
    r"--[^\n]*|(?:^|(?<=\s))#(?![>-])[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^'\\]|''|\\.)*+(?:'|\Z)|\"[^\"]*+(?:\"|\Z)|`[^`\n]*+`",
    re.DOTALL | re.MULTILINE,
)
# Where a statement begins: at the start, in the body of a procedure, or behind the bracket of a common table
# expression. `FOR UPDATE` and `ON DELETE` are no statements.
_FOLLOWED: Final = r"(?:^|\b(?:BEGIN|THEN|ELSE|LOOP|DO|AS)\s+|\)\s*)"
_NAME: Final = r"[\w.\[\]\"`$]+"


@dataclass(frozen=True, slots=True)
class _Check:
    """`pattern` is looked for in each statement, its group `at` is the place; one that matches `unless` is fine."""

    rule: str
    message: str
    pattern: re.Pattern[str]
    grade: Grade
    unless: re.Pattern[str] | None = None
    migrations_only: bool = False


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


# A join or a limit narrows the rows down as well, in the dialects that allow it here.
_WHERE: Final = _regex(r"\bWHERE\b|\bLIMIT\b|\bCURRENT\s+OF\b|\bJOIN\b")
_CHECKS: Final = (
    _Check(
        "update-without-where",
        "UPDATE without WHERE changes every row",
        _regex(rf"{_FOLLOWED}(?P<at>UPDATE)\s+(?:ONLY\s+)?{_NAME}\s+(?:AS\s+)?(?:\w+\s+)?SET\b"),
        Grade(
            Severity.HIGH, Category.DATA_LOSS, "All rows of the table get the new values; the old ones are gone.", 0.9
        ),
        unless=_WHERE,
    ),
    _Check(
        "delete-without-where",
        "DELETE without WHERE removes every row",
        _regex(rf"{_FOLLOWED}(?P<at>DELETE)\s+FROM\s+{_NAME}"),
        Grade(Severity.HIGH, Category.DATA_LOSS, "All rows of the table are gone.", 0.9),
        unless=_WHERE,
    ),
    _Check(
        "drop-without-if-exists",
        "DROP without IF EXISTS fails where it was dropped before",
        _regex(r"^DROP\s+(?:TABLE|INDEX|VIEW|MATERIALIZED\s+VIEW|TYPE|FUNCTION|TRIGGER|SCHEMA)\s+(?!IF\s+EXISTS\b)\w"),
        Grade(
            Severity.LOW, Category.BUG, "The migration stops half-way when it is run again, or on another copy.", 0.8
        ),
        unless=_regex(r"\bIF\s+EXISTS\b"),
        migrations_only=True,
    ),
    _Check(
        "not-null-without-default",
        "A new NOT NULL column without a default fails when the table has rows",
        _regex(
            r"\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?"
            rf"(?!CONSTRAINT\b|PRIMARY\b|FOREIGN\b|CHECK\b|UNIQUE\b|INDEX\b|KEY\b){_NAME}\s+(?:(?!,|\bADD\b|\bDEFAULT\b).){{1,200}}?"
            r"\bNOT\s+NULL\b(?!(?:(?!,|\bADD\b).){0,200}?\b(?:DEFAULT|GENERATED|IDENTITY|AUTO_INCREMENT)\b)"
        ),
        Grade(Severity.HIGH, Category.BUG, "There is no value for the rows that exist, so the migration stops.", 0.9),
        unless=_regex(r"\bGENERATED\b|\bIDENTITY\b|\bAUTO_INCREMENT\b|\bSERIAL\b"),
    ),
    _Check(
        "compared-with-null",
        "A comparison with NULL is never true",
        _regex(r"\b(?:WHERE|AND|OR|ON|HAVING|NOT)\s+\(?[\w.\"`]+\s*(?:=|<>|!=)\s*NULL\b"),
        Grade(Severity.MEDIUM, Category.BUG, "The condition holds for no row; use IS NULL or IS NOT NULL."),
    ),
    _Check(
        "granted-to-all",
        "All rights are granted to everyone",
        _regex(r"\bGRANT\s+ALL\b.{0,200}?\bTO\s+PUBLIC\b"),
        Grade(Severity.MEDIUM, Category.SECURITY, "Every user of the database can read and change this."),
    ),
    _Check(
        "truncate-in-migration",
        "TRUNCATE in a migration removes every row",
        _regex(r"^TRUNCATE\b"),
        Grade(Severity.MEDIUM, Category.DATA_LOSS, "All rows of the table are gone.", 0.8),
        migrations_only=True,
    ),
)


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    start: int


def _look(file: AnalyzedFile, text: str) -> Iterator[Diagnostic]:
    plain = _OPAQUE.sub(_blank, text)
    checks = [check for check in _CHECKS if not check.migrations_only or "migrat" in file.path.lower()]
    line, at = 1, 0
    for statement in _statements(plain):
        line += plain.count("\n", at, statement.start)
        at = statement.start
        for check in checks:
            yield from _apply(check, statement, line, file.path)


def _apply(check: _Check, statement: _Statement, line: int, path: str) -> Iterator[Diagnostic]:
    match = check.pattern.search(statement.text)
    if match is None or (check.unless and check.unless.search(statement.text)):
        return
    start = match.start("at") if "at" in check.pattern.groupindex else match.start()
    first = line + statement.text.count("\n", 0, start)
    last = line + statement.text.count("\n", 0, match.end())
    yield diagnosis(Place(path, first, last), tool="sql", rule=check.rule, message=check.message, grade=check.grade)


def _statements(plain: str) -> Iterator[_Statement]:
    """Between semicolons, without the white space in front."""
    start = 0
    for end in (*(match.start() for match in re.finditer(";", plain)), len(plain)):
        part = plain[start:end]
        stripped = part.lstrip()
        if stripped:
            yield _Statement(stripped, start + len(part) - len(stripped))
        start = end + 1


def _blank(match: re.Match[str]) -> str:
    """Quoted names keep their quotes: a name must still be seen to stand there."""
    text = match[0]
    if text[0] in '"`':
        return text if "\n" not in text and ";" not in text else re.sub(r"[^\n]", "x", text)
    return re.sub(r"[^\n]", " ", text) if text[0] != "'" else "'" + re.sub(r"[^\n]", " ", text[1:-1]) + "'"


def _wants(file: AnalyzedFile) -> bool:
    return len(file.content) <= _LARGEST and not is_test(file.path) and _is_sql(file)


_is_sql: Final = of_language(Language.SQL)
ANALYZER: Final = TextAnalyzer(name="sql", wants=_wants, look=_look)
