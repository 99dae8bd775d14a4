"""A model on the loopback address: it speaks OpenAI's chat completions, waits, and answers with plausible words.

Asked for candidates it gives one for each file it was shown, quoting a real added line; asked to verify it finds every
second claim real. Nothing of it knows what code means.
"""

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from foureyes.llm.tokens import guessed

NAME = "stand-in"

_ADDED = re.compile(r"^\+ *(\d+) \| (.*\w.*)$", re.MULTILINE)
_COLOURS = [{"thing": "apple", "colour": "red"}, {"thing": "sky", "colour": "blue"}]
_CLAIM = re.compile(r", lines (\d+) to \d+")


def _always(words: str, port: int) -> int:  # noqa: ARG001
    """The reaction of a provider that has no bad day."""
    return 200


@dataclass
class StandIn:
    """What it was asked so far."""

    url: str
    latency: float
    proposes: bool = True
    """False: it finds nothing, so that there is nothing to verify."""
    prompts: list[str] = field(default_factory=list)
    """System part and question of each call, in the order they came."""
    react: Callable[[str, int], int] = _always
    """Told the words of a call and the port it came from, before it is answered; gives the HTTP status."""

    def answer(self, asked: dict[str, Any]) -> str:
        """The words that answer one request. The probe, which is remembered for a week, is answered at once."""
        words = "\n".join(_text(message["content"]) for message in asked["messages"])
        if "response_format" not in asked:
            self.prompts.append(words)
            time.sleep(self.latency)
            return plausible_verdict(words)
        schema = asked["response_format"]["json_schema"]["schema"]
        if "candidates" not in schema["properties"]:
            return json.dumps({"items": _COLOURS})
        self.prompts.append(words)
        time.sleep(self.latency)
        return json.dumps({"candidates": list(plausible_candidates(words, schema)) if self.proposes else []})


@contextmanager
def serving(latency: float, *, proposes: bool = True) -> Iterator[StandIn]:
    """The model, for as long as the block runs."""
    model = StandIn("", latency, proposes)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": model}))
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    # The base class lets five connections wait: of two hundred at once, most would try again a second later.
    request_queue_size = 1024

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Say nothing of clients that were killed while they waited: that is what drills are for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: StandIn

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.model.react(
            "\n".join(_text(message["content"]) for message in asked["messages"]), self.client_address[1]
        )
        if status != 200:
            self._send(json.dumps({"error": {"message": "not now"}}), "application/json", status)
            return
        words = self.model.answer(asked)
        asking = guessed("".join(_text(message["content"]) for message in asked["messages"]))
        usage = {"prompt_tokens": asking, "completion_tokens": guessed(words), "total_tokens": asking + guessed(words)}
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": asked["model"]}
        chunks = [
            head | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": words}, "finish_reason": None}]},
            head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            head | {"choices": [], "usage": usage},
        ]
        body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self._send(body, "text/event-stream")

    def do_GET(self) -> None:
        """The list of models, which tells how much context there is."""
        self._send(json.dumps({"data": [{"id": NAME, "max_model_len": 128_000}]}), "application/json")

    def _send(self, body: str, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The base class's name.
        """Say nothing: the bench prints rows only."""


def _text(content: str | list[dict[str, str]]) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def plausible_candidates(words: str, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One candidate for each file, at its first added line with a letter in it, which is suggested twice."""
    paths = schema["$defs"]["Candidate"]["properties"]["path"]["enum"]
    code = words[words.rindex("<code ") :]
    starts = sorted((code.index(path), path) for path in paths if path in code)
    for (start, path), (stop, _) in zip(starts, [*starts[1:], (len(code), "")], strict=True):
        line = _ADDED.search(code, start, stop)
        if line:
            yield {
                "path": path,
                "first_line": int(line[1]),
                "last_line": int(line[1]),
                "quote": line[2].strip(),
                "kind": "bug",
                "severity": "medium",
                "confidence": 0.8,
                "rule": "wrong-result",
                "title": f"Line {line[1]} gives a wrong result on an empty input",
                "explanation": "When the input is empty, this line takes the wrong branch and the result is wrong.",
                "replacement": [line[2], line[2]],
            }


def plausible_verdict(words: str) -> str:
    claim = _CLAIM.search(words)
    line = int(claim[1]) if claim else 1
    ruling = "real" if line % 2 else "not"
    verdict = f"VERDICT: {ruling}; severity=medium; line={line}; because=the loop is not entered"
    return f"With an empty input the loop is not entered.\n{verdict}"
