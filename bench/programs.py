"""Programs as the bench runs them: how long, how much processor time, how much memory."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from foureyes.kit import clock


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program. Processor time counts every child that it waited for; memory is its largest process."""

    code: int
    stdout: bytes
    stderr: bytes
    wall: float
    cpu: float
    memory: int


def run(arguments: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> Run:
    """Run to the end. `env` is added to a plain environment, so that no key of the person who runs it is used."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        began = clock.steady()
        process = subprocess.Popen(
            arguments, cwd=cwd, env=plain(cwd) | dict(env or {}), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        # wait4 and not Popen.wait: only it tells what this one child used.
        _, status, used = os.wait4(process.pid, 0)
        wall = clock.steady() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        stderr.seek(0)
        cpu = used.ru_utime + used.ru_stime
        return Run(process.returncode, stdout.read(), stderr.read(), wall, cpu, used.ru_maxrss * 1024)


def plain(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def git(*arguments: str | Path, cwd: Path) -> bytes:
    """What git prints.

    Raises:
        subprocess.CalledProcessError: it failed; the bench can't go on.
    """
    who = {
        "GIT_AUTHOR_NAME": "Bench",
        "GIT_AUTHOR_EMAIL": "bench@example.org",
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    }
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    return subprocess.run(["git", *arguments], cwd=cwd, env=plain(cwd) | who, check=True, capture_output=True).stdout
