"""One review through real processes, watched as an operator would: numbers, logs, traces, and no secret in any."""

import contextlib
import json
import os
import re
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bench.stand_in import serving
from foureyes.blobs.packing import PackedBlob, unpack
from server_processes import Server, running
from servers import apart, dsn, redis_server
from stores import store_url

REQUEST = "drill-4711"
PASSWORD = "correct horse battery Zx81"
TRACES = find_spec("opentelemetry.sdk") is not None
OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
# Put together here, or this file itself would be full of secrets.
IN_CODE = {
    "aws": "AKIA" + "QYLPMN5HFIQR7XYZ",
    "github": "ghp_" + "a8Fk29dLmQ0xZr71TbVc5YwNuHs3EoPiJg4K",
    "stripe": "sk_live_" + "51HqLyjWDarjtT1zdp7dcXXXqP",
    "password": "hunter2-" + "Vq8rTz1m",
}
IN_ERROR = {
    "slack": "xoxb-" + "263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1",
    "database": "s3cr3t" + "-Pq7wLm2x",
}
IN_HEADERS = {"bearer": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJkcmlsbCJ9.Kk3vT0yq8Wz", "cookie": "c00kie-" + "Rt5yUi9o"}
IN_ADDRESS = {"repository": "glpat-" + "Zk4mXc7vBn2qLw8eRt6y"}
SECRETS = {**IN_CODE, **IN_ERROR, **IN_HEADERS, **IN_ADDRESS, "account": PASSWORD}
CODE = f"""import subprocess

AWS_KEY = "{IN_CODE["aws"]}"
GITHUB_TOKEN = "{IN_CODE["github"]}"
STRIPE = "{IN_CODE["stripe"]}"
password = "{IN_CODE["password"]}"


def run(command):
    return subprocess.call(command, shell=True)
"""
ERROR = f"""Traceback (most recent call last):
  File "app.py", line 10, in run
    connect("postgresql://shop:{IN_ERROR["database"]}@db.internal/shop")
ConnectionError: token {IN_ERROR["slack"]} was refused
"""


@dataclass
class Seen:
    """What was left behind by one review and one diagnosis."""

    review: dict[str, Any] = field(default_factory=dict)
    waiting: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    rows: str = ""
    refused: str = ""
    spans: list[bytes] = field(default_factory=list)

    def lines(self, process: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[process].splitlines() if line.startswith("{")]


@contextlib.contextmanager
def collector(received: list[bytes]) -> Iterator[str]:
    """A collector of traces; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The base class's name.
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def asked(server: Server, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def ended(server: Server, review_id: str, **headers: str) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        review: dict[str, Any] = json.loads(asked(server, f"/api/reviews/{review_id}", **headers)[1])
        if review["finished_at"]:
            return review
        time.sleep(0.2)
    raise AssertionError(review)


async def every_row(url: str) -> str:
    """All rows of all tables as text, and results unpacked; not what was sent, which is kept as it was."""
    connection = await asyncpg.connect(dsn(url))
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    texts = []
    for name in (row["tablename"] for row in tables):
        if name != "blobs":
            texts += [row[0] for row in await connection.fetch(f'SELECT row_to_json(t)::text FROM "{name}" t')]
    results = await connection.fetch("SELECT b.* FROM blobs b JOIN reviews r ON r.result_digest = b.digest")
    texts += [unpack(PackedBlob(row["digest"], row["size"], row["content"])).decode() for row in results]
    answers = await connection.fetch("SELECT answer FROM model_cache")
    await connection.close()
    return "\n".join([*texts, *(row["answer"].decode(errors="replace") for row in answers)])


def watched(folder: Path, seen: Seen, variables: dict[str, str]) -> None:
    with running("api", folder, **variables) as api:
        api.get("/healthz")
        account = {"email": "ada@example.org", "password": PASSWORD}
        known = {"Authorization": f"Bearer {json.loads(asked(api, '/api/auth/register', account)[1])['access_token']}"}
        asked(api, "/api/reviews", Authorization=f"Bearer {IN_HEADERS['bearer']}", Cookie=f"s={IN_HEADERS['cookie']}")
        source = {"type": "file", "path": "app.py", "content": CODE}
        accepted = asked(api, "/api/reviews", {"source": source}, **known, **{"X-Request-ID": REQUEST})
        review_id = json.loads(accepted[1])["id"]
        failing = {"kind": "debug", "source": source, "error": ERROR}
        diagnosis_id = json.loads(asked(api, "/api/reviews", failing, **known)[1])["id"]
        address = f"https://ada:{IN_ADDRESS['repository']}@git.example.org/shop.git"
        far = {"source": {"type": "repository", "url": address, "head": "main"}}
        seen.refused = asked(api, "/api/reviews", far, **known)[1]
        seen.waiting = asked(api, "/metrics")[1]
        with running("worker", folder, **variables) as worker:
            seen.review = ended(api, review_id, **known)
            ended(api, diagnosis_id, **known)
            seen.numbers = {"api": asked(api, "/metrics")[1], "worker": asked(worker, "/metrics")[1]}
            worker.tell(signal.SIGTERM)
            assert worker.ended() == 0
            api.tell(signal.SIGTERM)
            assert api.ended() == 0
            seen.logs = {"api": api.said(), "worker": worker.said()}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("observed")
    seen = Seen()
    url = store_url("postgres", folder)
    with serving(0) as model, collector(seen.spans) as traces:
        variables = {
            "FOUREYES_DATABASE_URL": url,
            "FOUREYES_REDIS_URL": redis_server(),
            "FOUREYES_SECRET_KEY": "of these tests and of nothing else",
            "FOUREYES_MODEL": "compatible:stand-in",
            "FOUREYES_MODEL_URL": model.url,
            "FOUREYES_PRICE_PER_MILLION_INPUT": "1",
            "FOUREYES_PRICE_PER_MILLION_OUTPUT": "1",
            "FOUREYES_LOG_LEVEL": "debug",
            **({"FOUREYES_TRACES_URL": traces} if TRACES else {}),
        }
        watched(folder, seen, variables)
        seen.prompts = list(model.prompts)
    seen.rows = apart(every_row(url))
    if kept := os.environ.get("FOUREYES_TEST_KEEP"):
        Path(kept).write_text("\n".join([*seen.logs.values(), *seen.numbers.values()]))
    return seen


def test_the_review_is_completed_and_names_its_request(seen: Seen) -> None:
    assert (seen.review["status"], seen.review["request_id"]) == ("completed", REQUEST)
    assert seen.review["model_calls"] > 0


def test_the_lines_of_a_run_name_the_request_in_another_process(seen: Seen) -> None:
    lines = [line for line in seen.lines("worker") if line.get("request_id") == REQUEST]
    assert {"run_begun", "model_call", "run_completed"} <= {line["event"] for line in lines}
    assert {line["review"] for line in lines} == {seen.review["id"]}


def test_the_request_itself_is_one_line(seen: Seen) -> None:
    [line] = [one for one in seen.lines("api") if one["event"] == "request" and one["request_id"] == REQUEST]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/api/reviews", 202)


def families() -> set[str]:
    return set(re.findall(r"`(foureyes_\w+)", OPERATIONS.read_text()))


def samples(text: str) -> dict[str, float]:
    """The highest value of each family."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = re.split(r"[{ ]", line, maxsplit=1)[0], float(line.rsplit(" ", 1)[1])
            name = re.sub(r"_(bucket|sum|count)$", "", name)
            found[name] = max(value, found.get(name, 0))
    return found


def test_every_number_of_the_documentation_is_there(seen: Seen) -> None:
    assert len(families()) >= 17
    for text in seen.numbers.values():
        assert {f"# TYPE {name} " in text for name in families()} == {True}


# These count what did not happen here, or what had passed when the numbers were read.
NOT_HERE = {"foureyes_sockets", "foureyes_sockets_dropped_total", "foureyes_failures_total", "foureyes_reviews_running"}


def test_what_happened_has_a_value(seen: Seen) -> None:
    found = [samples(seen.waiting), *map(samples, seen.numbers.values())]
    assert {name for name in families() if not any(one.get(name) for one in found)} <= NOT_HERE


@pytest.mark.parametrize(
    "line",
    [
        'foureyes_reviews_ended_total{kind="review",status="completed"} 1.0',
        'foureyes_reviews_ended_total{kind="debug",status="completed"} 1.0',
        'foureyes_stage_seconds_count{stage="ask"}',
        'foureyes_stage_seconds_count{stage="collect"}',
        'foureyes_model_calls_total{model="compatible:stand-in",outcome="answered"}',
        'foureyes_cache_lookups_total{cache="answers",outcome="miss"}',
        'foureyes_cache_lookups_total{cache="analyses",outcome="miss"}',
        'foureyes_database_seconds_count{verb="write"}',
    ],
)
def test_a_worker_counts_what_it_does(seen: Seen, line: str) -> None:
    assert line in seen.numbers["worker"]


def test_what_waits_is_told_before_a_worker_is_there(seen: Seen) -> None:
    assert 'foureyes_queue_length{kind="review",status="pending"} 1.0' in seen.waiting
    assert 'foureyes_queue_oldest_seconds{kind="debug"}' in seen.waiting


def test_labels_are_few(seen: Seen) -> None:
    for text in seen.numbers.values():
        assert seen.review["id"] not in text
        assert len([line for line in text.splitlines() if not line.startswith("#")]) < 600


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_in_logs_rows_prompts_or_answers(seen: Seen, name: str) -> None:
    places = {**seen.logs, "prompts": "\n".join(seen.prompts), "rows": seen.rows, "refused": seen.refused}
    places |= {"spans": b"".join(seen.spans).decode(errors="replace"), "numbers": "".join(seen.numbers.values())}
    assert [place for place, text in places.items() if SECRETS[name] in text] == []


def test_the_search_would_find_one(seen: Seen) -> None:
    assert "app.py" in seen.rows
    assert any("app.py" in prompt for prompt in seen.prompts)
    assert "Bearer" not in seen.logs["api"]


@pytest.mark.skipif(not TRACES, reason="needs the extra `traces`")
def test_one_review_is_one_connected_trace_over_both_processes(seen: Seen) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: PLC0415

    found = []
    for body in seen.spans:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = {one.key: one.value.string_value for one in resource.resource.attributes}["service.name"]
            found += [(service, span) for scope in resource.scope_spans for span in scope.spans]
    runs = [span for _, span in found if any(one.value.string_value == seen.review["id"] for one in span.attributes)]
    [run] = [span for span in runs if span.name == "run"]
    ours = [(service, span) for service, span in found if span.trace_id == run.trace_id]
    assert {service for service, _ in ours} == {"foureyes-api", "foureyes-worker"}
    assert {"POST /api/reviews", "submit", "run", "stage analyse", "stage ask", "model call"} <= {
        s.name for _, s in ours
    }
    ids = {span.span_id for _, span in ours}
    [root] = [span for _, span in ours if not span.parent_span_id]
    assert root.name == "POST /api/reviews"
    assert all(span.parent_span_id in ids for _, span in ours if span is not root)
