"""What one file tells about itself: its size, its branches, its imports, its most branched functions.

As a program (`python -m`) it reads packed files from its standard input: parsing holds the interpreter lock, so a
large repository is read by several processes.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from foureyes.code.grammar import CALLABLE, SymbolKind
from foureyes.code.imports import Import
from foureyes.code.languages import Language, language_of
from foureyes.code.symbols import Symbol
from foureyes.code.syntax import Syntax
from foureyes.kit.text import decode, encode

BRANCHED = 10
"""A function with fewer independent paths is nothing to speak of: McCabe's own limit."""

_FIRST_BYTES = 4096
_PACKAGES = {
    Language.JAVA: re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE),
    Language.KOTLIN: re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE),
    Language.SCALA: re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE),
    Language.CSHARP: re.compile(r"^\s*namespace\s+([\w.]+)", re.MULTILINE),
    Language.PHP: re.compile(r"^\s*(?:<\?php\s+)?namespace\s+([\w\\]+)", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Function:
    """A function with many branches. `complexity` is cyclomatic."""

    name: str
    line: int
    end_line: int
    complexity: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of code. `package` is the one it declares, where its language has such; `complexity` counts branches.

    Not `parsed`: too large, or in a language without a grammar; then only its size is known.
    """

    path: str
    language: Language
    lines: int
    complexity: int = 0
    parsed: bool = False
    package: str = ""
    imports: tuple[Import, ...] = ()
    functions: tuple[Function, ...] = ()


def read_facts(path: str, content: bytes) -> FileFacts | None:
    """The facts of a file, or None where it is no code."""
    language = language_of(path, content[:_FIRST_BYTES])
    # A zero byte near the start is how git tells binary files too.
    if language is None or language not in CODE or b"\0" in content[:_FIRST_BYTES]:
        return None
    text = decode(content)
    lines = text.count("\n") + (not text.endswith("\n") and text != "")
    syntax = Syntax.parse(text, language)
    if syntax is None:
        return FileFacts(path, language, lines)
    complexity = syntax.complexity(_whole(lines))
    declared = _PACKAGES[language].search(text) if language in _PACKAGES else None
    return FileFacts(
        path=path,
        language=language,
        lines=lines,
        complexity=complexity,
        parsed=True,
        package=declared[1] if declared else "",
        imports=_from_outside(syntax) if language is Language.RUST else syntax.imports,
        # No function can have more branches than its file: most files need no look at their symbols.
        functions=tuple(_branched(syntax)) if complexity > BRANCHED else (),
    )


CODE = frozenset(Language) - {
    Language.HTML, Language.CSS, Language.JSON, Language.YAML, Language.MARKDOWN, Language.TOML, Language.XML,
    Language.TEXT, Language.DOCKERFILE, Language.SQL, Language.HCL, Language.NIX, Language.MAKE,
}  # fmt: skip
"""The languages that have modules and branches; the others describe, they do not compute."""


def _whole(lines: int) -> Symbol:
    """The file as one symbol: what it holds is the sum over the file."""
    return Symbol(name="", qualified="", kind=SymbolKind.MODULE, start_line=1, line=1, end_line=lines, signature="")


def _from_outside(syntax: Syntax) -> tuple[Import, ...]:
    """Imports of a Rust file as the file itself would write them: `super` inside of `mod tests { }` is the file."""
    return tuple(
        replace(used, module=_lifted(used, syntax)) if used.module.startswith("super") else used
        for used in syntax.imports
    )


def _lifted(used: Import, syntax: Syntax) -> str:
    depth = sum(symbol.kind is SymbolKind.MODULE for symbol in syntax.enclosing_chain(used.line))
    parts = used.module.split("::")
    while depth and parts[:1] == ["super"]:
        depth, parts = depth - 1, parts[1:]
    return "::".join(parts if parts[:1] == ["super"] else ["self", *parts])


def _branched(syntax: Syntax) -> Iterator[Function]:
    for symbol in syntax.symbols:
        complexity = syntax.complexity(symbol) if symbol.kind in CALLABLE else 0
        if complexity >= BRANCHED:
            yield Function(symbol.qualified, symbol.line, symbol.end_line, complexity)


_FACTS = TypeAdapter(list[FileFacts])


def facts_of(files: Iterable[tuple[str, bytes]]) -> list[FileFacts]:
    """The facts of those files that are code, in their order."""
    return [facts for path, content in files if (facts := read_facts(path, content))]


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files as one stream: a line of JSON with names and sizes, then the contents one after the other."""
    listed = list(files)
    # The contents follow bare: as JSON, a repository would be escaped and copied once more on either side.
    sizes = [(_on_wire(path), len(content)) for path, content in listed]
    return b"".join([json.dumps(sizes).encode(), b"\n", *(content for _, content in listed)])


def unpack(stream: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that `pack` put together."""
    head, _, contents = stream.partition(b"\n")
    at = 0
    for name, size in json.loads(head):
        yield _from_wire(name), contents[at : at + size]
        at += size


def dump_facts(facts: Iterable[FileFacts]) -> bytes:
    """Facts as JSON."""
    return _FACTS.dump_json([replace(each, path=_on_wire(each.path)) for each in facts])


def load_facts(raw: bytes) -> list[FileFacts]:
    """The facts that `dump_facts` wrote."""
    return [replace(each, path=_from_wire(each.path)) for each in _FACTS.validate_json(raw)]


def _on_wire(path: str) -> str:
    """A path as JSON can hold it: names that are not UTF-8 have no text."""
    return encode(path).hex()


def _from_wire(name: str) -> str:
    return decode(bytes.fromhex(name))


if __name__ == "__main__":
    sys.stdout.buffer.write(dump_facts(facts_of(unpack(sys.stdin.buffer.read()))))
