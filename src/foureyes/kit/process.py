"""The one door to other programs: list arguments, scrubbed environment, limits on time, memory and output."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from foureyes.errors import ProcessError, ProcessOutputError, ProcessTimeoutError
from foureyes.kit import clock

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. `memory` caps its data segment: RLIMIT_AS would stop Go and Node programs at start.

    `file` caps each file that it or its children write.
    """

    time: timedelta = timedelta(seconds=60)
    memory: int | None = 2 << 30
    output: int = 64 << 20
    file: int | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ended by itself, whatever its exit code."""

    code: int
    stdout: bytes
    stderr: bytes
    seconds: float


async def run(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    limits: Limits | None = None,
) -> Completed:
    """Run a program to its end. Its environment is `env` and nothing else (default: PATH, HOME=/dev/null, C.UTF-8).

    Raises:
        ProcessError: it is not there, ran too long or wrote too much; it and its children are then killed.
    """
    limits = limits or Limits()
    program = Path(os.fspath(arguments[0])).name
    began = clock.steady()
    try:
        process = await asyncio.create_subprocess_exec(
            *[os.fspath(argument) for argument in arguments],
            cwd=cwd,
            env=dict(env) if env is not None else plain_environment(),
            stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as exc:
        raise ProcessError(program, f"can't be started: {exc.strerror or exc}") from exc
    _limit(process.pid, limits)
    feeding = asyncio.create_task(_feed(process, stdin))
    reading = [
        asyncio.create_task(_drain(stream, limits.output, program)) for stream in (process.stdout, process.stderr)
    ]
    try:
        async with asyncio.timeout(limits.time.total_seconds()):
            stdout, stderr = await asyncio.gather(*reading)
            await feeding
            code = await process.wait()
    except TimeoutError as exc:
        raise ProcessTimeoutError(program, f"stopped after {limits.time.total_seconds():g} s") from exc
    finally:
        await _end(process, feeding, *reading)
    return Completed(code, stdout, stderr, clock.steady() - began)


def plain_environment(**extra: str) -> dict[str, str]:
    """The least that programs need. No variable of ours reaches them: those may hold keys."""
    # Nothing can be made below /dev/null. A home that merely does not exist is made by a tool that runs as root.
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, "LANG": "C.UTF-8", **extra}


def inherited(*names: str) -> dict[str, str]:
    """Those of our own variables that are set, to hand on by name: proxies, certificates, the user's home."""
    return {name: os.environ[name] for name in names if name in os.environ}


@cache
def program(name: str) -> Path | None:
    """Where a program is: beside our own interpreter first (tools that our wheels brought), then on PATH."""
    scripts = sysconfig.get_path("scripts")
    found = shutil.which(name, path=scripts) or shutil.which(name)
    return Path(found) if found else None


async def _feed(process: asyncio.subprocess.Process, data: bytes | None) -> None:
    if data is None or process.stdin is None:
        return
    # A program that ends without reading its input is no error: its exit code tells.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _drain(stream: asyncio.StreamReader | None, cap: int, name: str) -> bytes:
    parts = bytearray()
    while stream is not None and (part := await stream.read(_CHUNK)):
        parts += part
        if len(parts) > cap:
            raise ProcessOutputError(name, f"wrote more than {cap >> 20} MiB")
    return bytes(parts)


def _limit(pid: int, limits: Limits) -> None:
    """Set limits from outside: a preexec function would force a slow fork and can deadlock in a threaded process."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if limits.memory is not None:
            resource.prlimit(pid, resource.RLIMIT_DATA, (limits.memory, limits.memory))
        if limits.file is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limits.file, limits.file))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


async def _end(process: asyncio.subprocess.Process, *tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # The whole session, for tools leave children behind; one that ended well may have left some, too.
        os.killpg(process.pid, signal.SIGKILL)
    # asyncio waits until both pipes have ended, which one that nobody reads any more, or that a child which left the
    # session holds open, never does. Closing them has no public name.
    process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
    await process.wait()
