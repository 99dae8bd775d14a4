"""yamllint, on request: what `formats` checks by default in this process, by the tool that teams know (ADR 0011)."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import of_language, relative
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode

_LINE: Final = re.compile(r"(?P<path>.*?):(?P<line>\d+):\d+: \[\w+\] (?P<message>.*) \((?P<rule>[\w-]+)\)")
_DOCS: Final = "https://yamllint.readthedocs.io/en/stable/rules.html#module-yamllint.rules."
_GRADES: Final[Mapping[str, Grade]] = {
    "syntax": Grade(Severity.HIGH, Category.BUG, "The file can't be read, so nothing in it counts.", 0.9),
    "key-duplicates": Grade(Severity.MEDIUM, Category.BUG, "The later value replaces the earlier one silently."),
    "anchors": Grade(Severity.HIGH, Category.BUG, "The file can't be read, so nothing in it counts."),
}


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    for text in decode(done.stdout).splitlines():
        match = _LINE.fullmatch(text)
        if match is None or match["rule"] not in _GRADES:
            continue
        # All tools name a file that does not parse alike, so that merging finds them to say the same.
        is_syntax = match["rule"] == "syntax"
        line = int(match["line"])
        yield diagnosis(
            Place(relative(match["path"], batch.root), line, line),
            tool="yamllint",
            rule=SYNTAX_ERROR if is_syntax else match["rule"],
            message=match["message"][:1].upper() + match["message"][1:],
            grade=_GRADES[match["rule"]],
            url=None if is_syntax else _DOCS + match["rule"].replace("-", "_"),
        )


ANALYZER: Final = CommandAnalyzer(
    name="yamllint",
    distribution="yamllint",
    wants=of_language(Language.YAML),
    arguments=("--config-file", config("yamllint.yaml"), "--format=parsable"),
    read=_read,
)
