"""typos: misspelt words in comments, in documents, and in names where they are introduced."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Edit, Grade, Place, diagnosis, replacement
from foureyes.analyzers.files import is_text
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Replacement
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language, comment_prefix
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode

_IN_TEXT: Final = Grade(
    Severity.LOW, Category.MAINTAINABILITY, "Who searches for the right word does not find it.", 0.8
)
_IN_NAME: Final = Grade(Severity.LOW, Category.MAINTAINABILITY, "Once others use the name, it is hard to mend.", 0.8)
_SHORTEST: Final = 5
"""Shorter ones are abbreviations, or words of another language, too often."""
_MOST: Final = 15
"""With more than this in one file it is written in another language, or no prose at all."""
_DATA: Final = frozenset({Language.JSON, Language.XML, Language.HTML, Language.CSS, Language.TEXT, Language.SQL})
_WORDS: Final = r"\b(?:def|class|function|func|fn|fun|const|let|var|val|type|struct|enum|interface|trait|module)\s+\w"
_DEFINING: Final = re.compile(_WORDS.encode())
_DEFINES: Final = re.compile(_WORDS + "*$")


class _Typo(BaseModel):
    type: str
    path: str = ""
    line_num: int = 0
    byte_offset: int = 0
    typo: str = ""
    corrections: list[str] = []


def _prepare(batch: Batch) -> None:
    """Leave only lines that can hold a remark: the tool looks at every word, at 7 MB a second."""
    for file in batch.files:
        prefix = (comment_prefix(file.language) or "").encode()
        if file.language is not Language.MARKDOWN:
            lines = file.content.split(b"\n")
            kept = (line if (prefix and prefix in line) or _DEFINING.search(line) else b"" for line in lines)
            (batch.root / file.path).write_bytes(b"\n".join(kept))


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    typos = [_Typo.model_validate_json(line) for line in done.stdout.splitlines() if line]
    files = {f"./{file.path}": file for file in batch.files}
    lines = {path: files[path].content.split(b"\n") for path in {typo.path for typo in typos} & files.keys()}
    found = [typo for typo in _certain(typos) if typo.path in lines]
    many = Counter(typo.path for typo in found)
    for typo in found:
        if many[typo.path] <= _MOST:
            yield from _diagnostics(typo, files[typo.path], lines[typo.path][typo.line_num - 1])


def _certain(typos: Iterable[_Typo]) -> Iterator[_Typo]:
    for typo in typos:
        # With two corrections to choose from it may be neither: such a remark is a guess.
        if typo.type == "typo" and len(typo.corrections) == 1 and len(typo.typo) >= _SHORTEST:
            yield typo


def _diagnostics(typo: _Typo, file: AnalyzedFile, raw: bytes) -> Iterator[Diagnostic]:
    line, column = decode(raw), len(decode(raw[: typo.byte_offset]))
    in_text = _is_prose(file, line, column)
    # A word with a capital in prose is somebody's name too often.
    if typo.typo[0].isupper() if in_text else not _DEFINES.search(line[:column]):
        return
    yield diagnosis(
        Place(file.path, typo.line_num, typo.line_num),
        tool="typos",
        rule="typo",
        message=f"`{typo.typo}` is misspelt: `{typo.corrections[0]}`",
        grade=_IN_TEXT if in_text else _IN_NAME,
        replacement=_replacement(typo, line, column) if in_text else None,
    )


def _is_prose(file: AnalyzedFile, line: str, column: int) -> bool:
    if file.language is Language.MARKDOWN:
        return line.count("`", 0, column) % 2 == 0
    prefix = comment_prefix(file.language)
    # A name in code can't be changed in one place; a word in a comment can.
    return prefix is not None and re.search(rf"(?:^|\s){re.escape(prefix)}", line[:column]) is not None


def _replacement(typo: _Typo, line: str, column: int) -> Replacement | None:
    edit = Edit(1, column + 1, 1, column + 1 + len(typo.typo), typo.corrections[0])
    mended = replacement([line], [edit])
    return Replacement(typo.line_num, typo.line_num, mended.lines) if mended else None


def _wants(file: AnalyzedFile) -> bool:
    return file.language is not None and file.language not in _DATA and is_text(file)


ANALYZER: Final = CommandAnalyzer(
    name="typos",
    distribution="typos",
    wants=_wants,
    arguments=("--isolated", "--config", config("typos.toml"), "--format=json", "--no-ignore", "--hidden"),
    read=_read,
    # It ends with 2 when it found a word, and with 1 when it failed.
    codes=frozenset({0, 2}),
    prepare=_prepare,
    # Given paths, it reads its dictionaries anew for each of them: 10 ms a file.
    whole_directory=True,
)
