"""Servers as processes: started as a person starts them, asked over HTTP, told to stop, killed."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(sys.executable).with_name("foureyes")
PATIENCE = 60.0


@dataclass
class Server:
    """One process of the program that goes on until it is told to stop."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str) -> tuple[int, Any]:
        """Status and decoded body of an answer; connections are tried until the server is there."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                    return answer.status, json.loads(answer.read())
            except urllib.error.HTTPError as refused:
                return refused.code, json.loads(refused.read())
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise AssertionError(f"the server is not there:\n{self.said()}") from None
                time.sleep(0.05)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def tell(self, one: signal.Signals) -> None:
        os.kill(self.process.pid, one)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def heard(self, word: str) -> bool:
        """Whether it says this before long."""
        until = time.monotonic() + PATIENCE
        while word not in self.said():
            if self.process.poll() is not None or time.monotonic() > until:
                return word in self.said()
            select.select([], [], [], 0.05)
        return True


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def running(verb: str, folder: Path, *arguments: str, **variables: str) -> Iterator[Server]:
    """A server that is killed at the end of the test, if it has not ended by then."""
    port = free_port()
    option = "--metrics-port" if verb == "worker" else "--port"
    log = folder / f"{verb}-{port}.log"
    with log.open("wb") as output:
        process = _started(
            [verb, option, str(port), *arguments], output, {"FOUREYES_DATA_DIR": str(folder), **variables}
        )
        try:
            yield Server(process, port, log)
        finally:
            process.kill()
            process.wait()


def _started(arguments: list[str], output: IO[bytes], variables: dict[str, str]) -> subprocess.Popen[bytes]:
    # Byte code is kept, or each start would compile everything anew.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        [PROGRAM, *arguments],
        env={**kept, **variables},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )
