"""Outlines: of one file, so that a piece knows what else is in it, and of the whole change, so that a unit knows it."""

from collections.abc import Mapping, Sequence

from foureyes.code.grammar import SymbolKind
from foureyes.code.symbols import Symbol
from foureyes.diff.values import Change, FileChange, FileStatus
from foureyes.kit.text import counted, printable, shortened
from foureyes.llm.tokens import guessed

_CHANGE_TOKENS = 400
_MOST_SYMBOLS = 6
_LETTERS = {
    FileStatus.ADDED: "A",
    FileStatus.MODIFIED: "M",
    FileStatus.DELETED: "D",
    FileStatus.RENAMED: "R",
    FileStatus.COPIED: "C",
    FileStatus.TYPE_CHANGED: "T",
}


def outline_of(change: Change, touched: Mapping[str, Sequence[str]] | None = None) -> str:
    """One line for each file: status, path, size, and the symbols that its changes are in; cut at about 400 tokens."""
    names = touched or {}
    lines: list[str] = []
    used = 0
    for file in change.files:
        line = _file_line(file, names.get(file.path, ()))
        used += guessed(line) + 1
        if used > _CHANGE_TOKENS:
            lines.append(f"... and {counted(len(change.files) - len(lines), 'more file')}")
            break
        lines.append(line)
    return "\n".join(lines)


def outline_of_file(symbols: Sequence[Symbol], tokens: int) -> str:
    """The symbols of a file in one line, those inside of others in brackets; cut at about so many tokens."""
    parts: list[str] = []
    used = 0
    for symbol, inner in _nested(symbols):
        part = f"{symbol.name} {symbol.line}-{symbol.end_line}"
        if inner:
            part += f" ({', '.join(each.name for each in inner)})"
        # One more for the sign between the parts.
        used += guessed(part) + 1
        if used > tokens:
            parts.append("...")
            break
        parts.append(part)
    return "In this file: " + "; ".join(parts) if len(parts) > 1 else ""


def _nested(symbols: Sequence[Symbol]) -> list[tuple[Symbol, list[Symbol]]]:
    """The outermost symbols that are no constants, each with those that are directly or deeper in it."""
    found: list[tuple[Symbol, list[Symbol]]] = []
    for symbol in symbols:
        if found and symbol.start_line <= found[-1][0].end_line:
            found[-1][1].append(symbol)
        elif symbol.kind is not SymbolKind.CONSTANT:
            found.append((symbol, []))
    return found


def _file_line(file: FileChange, names: Sequence[str]) -> str:
    moved = f" from {printable(file.old_path)}" if file.old_path and file.old_path != file.path else ""
    symbols = ", ".join(names[:_MOST_SYMBOLS]) + (", ..." if len(names) > _MOST_SYMBOLS else "")
    line = f"{_LETTERS[file.status]} {printable(file.path)}{moved} +{file.added} -{file.removed}"
    return shortened(f"{line}: {symbols}" if symbols else line, 300)
