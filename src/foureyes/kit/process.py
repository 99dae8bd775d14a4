"""The one door to other programs: list arguments, scrubbed environment, limits on time, memory and output."""

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import IO

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
    with _input(stdin) as given:
        process = _started([os.fspath(argument) for argument in arguments], program, given, cwd=cwd, env=env)
    _limit(process.pid, limits)
    transports: list[asyncio.ReadTransport] = []
    reading: list[asyncio.Task[bytes]] = []
    try:
        async with asyncio.timeout(limits.time.total_seconds()):
            for pipe in (process.stdout, process.stderr):
                transport, stream = await _opened(pipe)
                transports.append(transport)
                reading.append(asyncio.create_task(_drain(stream, limits.output, program)))
            stdout, stderr = await asyncio.gather(*reading)
            code = await _ended(process)
    except TimeoutError as exc:
        raise ProcessTimeoutError(program, f"stopped after {limits.time.total_seconds():g} s") from exc
    finally:
        await _end(process, transports, reading)
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


def _input(data: bytes | None) -> IO[bytes]:
    """What a program reads: a file without a name, so that nobody need feed it while it runs."""
    if data is None:
        return Path(os.devnull).open("rb")
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # Whoever calls closes it.
    file.write(data)
    file.seek(0)
    return file


def _started(
    arguments: Sequence[str], program: str, stdin: IO[bytes], *, cwd: Path | None, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    # Not by the loop: uvloop forks, which stops it for 12 ms in a server of 120 MB, and for longer in a larger one.
    # subprocess uses vfork, which does not copy what this process has: 0.5 to 2.6 ms.
    try:
        return subprocess.Popen(  # noqa: S603  # This is the one door: a list of arguments, and no shell.
            arguments,
            cwd=cwd,
            env=dict(env) if env is not None else plain_environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as exc:
        raise ProcessError(program, f"can't be started: {exc.strerror or exc}") from exc


async def _opened(pipe: IO[bytes] | None) -> tuple[asyncio.ReadTransport, asyncio.StreamReader]:
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), pipe
    )
    return transport, stream


async def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code. Most programs have ended when their output has; the others are waited for in a thread."""
    code = process.poll()
    return await asyncio.to_thread(process.wait) if code is None else code


async def _drain(stream: asyncio.StreamReader, cap: int, name: str) -> bytes:
    parts = bytearray()
    while part := await stream.read(_CHUNK):
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


async def _end(
    process: subprocess.Popen[bytes], transports: Sequence[asyncio.ReadTransport], tasks: Sequence[asyncio.Task[bytes]]
) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        # The whole session, for tools leave children behind; one that ended well may have left some, too.
        os.killpg(process.pid, signal.SIGKILL)
    for transport in transports:
        # A child which left the session may hold them open.
        transport.close()
    await _ended(process)
