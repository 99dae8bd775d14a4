"""Which diagnostics belong to a change: those on its lines, by the mode that policy chose."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from foureyes.analyzers.port import SYNTAX_ERROR, Diagnostic
from foureyes.diff.values import FileChange, Hunk, LineKind


class Lines(StrEnum):
    """Where a diagnostic must be to be kept."""

    ADDED = "added"
    CONTEXT = "context"
    FILE = "file"
    ALL = "all"


def select(diagnostics: Iterable[Diagnostic], file: FileChange, mode: Lines) -> list[Diagnostic]:
    """Those of `diagnostics` on `file` that `mode` keeps, in their order.

    A range belongs to the line it starts on: a remark about a whole function is not news because one line inside
    changed. Two exceptions keep what the change did cause: an added line of the same statement (inside a bracket
    that the first line opened, or behind a backslash), and a syntax error that the parser noticed a few lines late,
    which is put on the added line before it. `FILE` and `ALL` keep everything here; they differ in which files are
    analysed.
    """
    # Tools are given whole files, and say what is wrong anywhere in them: here it is cut down to the change.
    here = [diagnostic for diagnostic in diagnostics if diagnostic.path == file.path]
    if mode in (Lines.FILE, Lines.ALL):
        return here
    if mode is Lines.CONTEXT:
        return [diagnostic for diagnostic in here if _hunk_at(file, diagnostic.start_line)]
    return [kept for diagnostic in here if (kept := _on_added_line(diagnostic, file))]


def _on_added_line(diagnostic: Diagnostic, file: FileChange) -> Diagnostic | None:
    hunk = _hunk_at(file, diagnostic.start_line)
    if hunk is None:
        return None
    added = [line.new for line in hunk.lines if line.kind is LineKind.ADDED and line.new is not None]
    if diagnostic.start_line in added:
        return diagnostic
    # Checked after the plain case: an error on an added line is already where people look.
    if diagnostic.rule == SYNTAX_ERROR:
        return _put_on_cause(diagnostic, added)
    inside = [number for number in added if diagnostic.start_line < number <= diagnostic.end_line]
    return diagnostic if inside and _one_statement(hunk, diagnostic.start_line, inside[0]) else None


def _hunk_at(file: FileChange, line: int) -> Hunk | None:
    return next((h for h in file.hunks if h.new_start <= line < h.new_start + h.new_count), None)


def _put_on_cause(diagnostic: Diagnostic, added: list[int]) -> Diagnostic | None:
    cause = max((number for number in added if number < diagnostic.start_line), default=None)
    return replace(diagnostic, start_line=cause, replacement=None) if cause else None


def _one_statement(hunk: Hunk, first: int, until: int) -> bool:
    """Whether lines `first` to `until` are one statement, by open brackets (not braces) and backslashes."""
    depth = 0
    for line in hunk.lines:
        if line.new is None or not first <= line.new < until:
            continue
        depth += sum(line.text.count(bracket) for bracket in "([") - sum(line.text.count(bracket) for bracket in ")]")
        if depth <= 0 and not line.text.rstrip().endswith("\\"):
            return False
    return True
