"""A checkout that a test makes with the git program, and what one does there."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Checkout:
    top: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.top, check=True, capture_output=True)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Files, message: str = "A change") -> str:
        """Write files and commit everything; the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def new_checkout(top: Path) -> Checkout:
    top.mkdir(parents=True, exist_ok=True)
    checkout = Checkout(top)
    checkout.git("init", "--quiet")
    return checkout
