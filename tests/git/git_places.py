"""Repositories that tests make with the git program itself, as a person would."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A folder with a work tree in it, and what one does there."""

    top: Path

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        done = subprocess.run(["git", *arguments], cwd=self.top, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, **files: str | bytes) -> None:
        self.files(files)

    def files(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes], message: str = "A change") -> str:
        """Write files, commit everything, and tell the commit's id."""
        self.files(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def new_place(top: Path) -> Place:
    top.mkdir(parents=True, exist_ok=True)
    place = Place(top)
    place.git("init", "--quiet")
    return place
