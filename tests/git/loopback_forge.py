"""A forge on this machine: `git http-backend` behind Python's own web server, so that fetches go over real HTTP."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Forge:
    """What the server does, and what it saw. After `stall_after` bytes it stops; `status` answers without git."""

    root: Path
    url: str = ""
    token: str | None = None
    status: int | None = None
    stall_after: int | None = None
    requests: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def fetches(self) -> int:
        """How many packs were asked for; what the server has is asked before each."""
        return sum(request.startswith("POST") for request in self.requests)


class _Handler(BaseHTTPRequestHandler):
    forge: Forge

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._answer(b"".join(iter(self._chunk, b"")))
        else:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:
        """Tests look at what was asked, not at a log."""

    def _chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def _answer(self, body: bytes) -> None:
        forge = self.forge
        given = self.headers.get("Authorization")
        forge.requests.append(f"{self.command} {self.path}")
        forge.authorizations.append(given)
        refused = forge.token is not None and given != forge.token
        if refused or forge.status is not None:
            self.send_response(401 if refused else forge.status or 500)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._pass_on(self._backend(body))

    def _backend(self, body: bytes) -> bytes:
        path, _, query = self.path.partition("?")
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.forge.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        return subprocess.run(
            ["git", "http-backend"], env=variables, input=body, capture_output=True, check=False
        ).stdout

    def _pass_on(self, answer: bytes) -> None:
        head, _, content = answer.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        stall = self.forge.stall_after
        if stall is not None and self.command == "POST" and len(content) > stall:
            self.wfile.write(content[:stall])
            self.wfile.flush()
            self.forge.released.wait(30)
            return
        self.wfile.write(content)


@contextmanager
def serving(root: Path) -> Iterator[Forge]:
    """A forge that serves the repositories in `root` until the block ends."""
    forge = Forge(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"forge": forge}))
    server.daemon_threads = True
    forge.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        forge.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
