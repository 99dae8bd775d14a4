"""A person at a terminal: the installed program, and real git repositories to stand in."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("foureyes")


@dataclass(frozen=True)
class Ran:
    """A run of the program that ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Person:
    """Runs the program in a directory of its own, with the environment of the test."""

    where: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: str | bytes = b"", where: Path | None = None, **variables: str) -> Ran:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=where or self.where,
            env={**self.environment, "COLUMNS": "100", **variables},
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=100,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Repository:
    """A git repository in a directory."""

    path: Path
    files: list[str] = field(default_factory=list)

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
