"""On which line each key of a TOML document stands; Python's parser gives the values only."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and, where there are lists, positions from 0: `("instructions", 0, "paths")`."""

# Strings of three quotes come first, or the empty string at their start would be taken for the whole.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}' + r"|'''(?:[^']|'(?!''))*'{3,5}" + r'|"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
    r"|\#[^\n]*|[\[\]{}=,.\n]|[^\s\#\"'\[\]{}=,.]+",
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every key, table and list item of a document that is known to be valid TOML."""
    reader = _Reader(list(_tokens(text)))
    reader.document()
    return reader.lines


def nearest_line(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of a key, or of the closest thing around it that has one."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _tokens(text: str) -> Iterable[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        if not match[0].startswith("#"):
            yield match[0], line
        line += match[0].count("\n")


@dataclass
class _Reader:
    """Walks over the tokens once and writes down where each key was seen."""

    tokens: list[tuple[str, int]]
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    newest: dict[KeyPath, int] = field(default_factory=dict)
    """The position of the newest element of each array of tables."""

    def document(self) -> None:
        prefix: KeyPath = ()
        while self.at < len(self.tokens):
            if self._word == "\n":
                self.at += 1
            elif self._word == "[":
                prefix = self._header()
            else:
                self._pair(prefix)

    @property
    def _word(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    @property
    def _line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)][1]

    def _header(self) -> KeyPath:
        line = self._line
        array = self.tokens[self.at + 1][0] == "["
        self.at += 2 if array else 1
        *around, name = self._keys()
        path: KeyPath = ()
        for key in around:
            path = (*path, key)
            # Below `[[t]]` a header `[t.u]` is about the newest `t` (TOML 1.0, "Array of Tables").
            path = (*path, self.newest[path]) if path in self.newest else path
        path = (*path, name)
        self.lines.setdefault(path, line)
        if array:
            self.newest[path] = self.newest.get(path, -1) + 1
            path = (*path, self.newest[path])
            self.lines[path] = line
        self.at += 2 if array else 1
        return path

    def _pair(self, prefix: KeyPath) -> None:
        line = self._line
        path = (*prefix, *self._keys())
        for length in range(len(prefix) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self.at += 1
        self._value(path)

    def _keys(self) -> list[str]:
        keys = [_plain(self._word)]
        self.at += 1
        while self._word == ".":
            self.at += 1
            keys.append(_plain(self._word))
            self.at += 1
        return keys

    def _value(self, path: KeyPath) -> None:
        if self._word == "[":
            self._array(path)
        elif self._word == "{":
            self._inline_table(path)
        else:
            while self._word not in _ENDS:
                self.at += 1

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        position = 0
        while self._word not in ("]", ""):
            if self._word in (",", "\n"):
                self.at += 1
                continue
            self.lines[(*path, position)] = self._line
            self._value((*path, position))
            position += 1
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._word not in ("}", ""):
            if self._word in (",", "\n"):
                self.at += 1
            else:
                self._pair(path)
        self.at += 1


_ENDS = ("\n", ",", "]", "}", "")


def _plain(key: str) -> str:
    if key[:1] == "'":
        return key[1:-1]
    if key[:1] == '"':
        # A quoted key is itself TOML, escapes and all.
        return str(next(iter(tomllib.loads(f"{key} = 0"))))
    return key
