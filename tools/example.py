"""The review that README.md and docs/example.md show: a small repository, and what the program prints about it."""

import os
import subprocess
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

BEFORE = {
    "report.py": '''\
"""Monthly reports."""

import sqlite3


def totals(db: sqlite3.Connection, month: str) -> list[tuple[str, int]]:
    query = "SELECT customer, sum(amount) FROM sales WHERE month = ? GROUP BY customer"
    return db.execute(query, (month,)).fetchall()
'''
}
AFTER = {
    "report.py": '''\
"""Monthly reports."""

import sqlite3
import subprocess


def totals(db: sqlite3.Connection, month: str, seen: list[str] = []) -> list[tuple[str, int]]:
    seen.append(month)
    query = f"SELECT customer, sum(amount) FROM sales WHERE month = '{month}' GROUP BY customer"
    return db.execute(query).fetchall()


def send(path: str, address: str) -> None:
    subprocess.run(f"mail -s Report {address} < {path}", shell=True)
''',
    "deploy.sh": """\
#!/bin/sh
cd $TARGET
rm -rf $BUILD/*
""",
}
_NO_CONFIGURATION = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "init.defaultBranch",
    "GIT_CONFIG_VALUE_0": "main",
}
SHORT = 2
"""How many findings README.md shows."""


@cache
def printed() -> str:
    """What `foureyes review HEAD` prints, without a model and with nothing remembered."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = _environment(home)
        _commit(home / "shop", BEFORE, "Report totals", environment)
        _commit(home / "shop", AFTER, "Send reports by mail", environment)
        foureyes = Path(sysconfig.get_path("scripts")) / "foureyes"
        command = [str(foureyes), "review", "HEAD"]
        done = subprocess.run(command, cwd=home / "shop", env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        raise RuntimeError(f"the example ended with {done.returncode}: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def whole() -> str:
    return f"```text\n$ foureyes review HEAD\n{printed()}\n```"


def short() -> str:
    """The verdict and the first findings: parts are parted by empty lines."""
    parts = printed().split("\n\n")
    return "```text\n$ foureyes review HEAD\n{}\n...\n```".format("\n\n".join(parts[: SHORT + 1]))


def _commit(folder: Path, files: dict[str, str], message: str, environment: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", message)):
        subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)


def _environment(home: Path) -> dict[str, str]:
    """The least that git and the program need; the same commits get the same ids everywhere."""
    who = {"NAME": "Example", "EMAIL": "example@example.org", "DATE": "2026-01-01T00:00:00Z"}
    git = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "80", **_NO_CONFIGURATION, **git}
