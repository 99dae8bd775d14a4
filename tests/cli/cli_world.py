"""A person at a terminal: the installed program, and real git repositories to stand in."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from unittest import mock

from foureyes.cli.main import main

PROGRAM = Path(sys.executable).with_name("foureyes")


@dataclass(frozen=True)
class Ran:
    """A run of the program that ended."""

    code: int
    out: str
    err: str


class Person(Protocol):
    """Types a command and reads what it prints."""

    def __call__(
        self, *arguments: str, stdin: str | bytes = b"", where: Path | None = None, **variables: str
    ) -> Ran: ...


@dataclass(frozen=True)
class Installed:
    """The program as it is installed, in a process of its own."""

    where: Path

    def __call__(self, *arguments: str, stdin: str | bytes = b"", where: Path | None = None, **variables: str) -> Ran:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=where or self.where,
            env={**environment(), **variables},
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=100,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Inside:
    """The same program in the process of the test: its imports, which take most of the time, are paid for once."""

    where: Path

    def __call__(self, *arguments: str, stdin: str | bytes = b"", where: Path | None = None, **variables: str) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in ("stdout", "stderr")}
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.chdir(where or self.where))
            stack.enter_context(mock.patch.dict(os.environ, {**environment(), **variables}, clear=True))
            stack.enter_context(mock.patch.multiple(sys, argv=["foureyes", *arguments], **streams))
            stack.enter_context(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8")))
            # A verb of the server makes its files private, which must not last in this process.
            stack.callback(os.umask, os.umask(0o022))
            code = self._code()
        return Ran(code, *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in streams.values()))

    def _code(self) -> int:
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
        return 0


def environment() -> dict[str, str]:
    """That of the test; byte code is kept, or each start would compile it all again."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "COLUMNS": "100"}


@dataclass(frozen=True)
class Repository:
    """A git repository in a directory."""

    path: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.path, check=True, capture_output=True)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes], message: str = "A change") -> str:
        """Write files and commit everything; the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def one_clear_sentence(ran: Ran, code: int) -> bool:
    """Whether bad input ended as it should: the code, nothing on stdout, one line on stderr, no traceback."""
    lines = ran.err.strip().splitlines()
    return ran.code == code and ran.out == "" and len(lines) == 1 and "Traceback" not in ran.err
