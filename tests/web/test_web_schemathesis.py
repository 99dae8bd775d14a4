"""The API against its own document: thousands of requests made from it, and every answer is as it says.

FOUREYES_TEST_SWEEP=200 sends so many made-up requests to each operation instead of a few, and goes from one operation
to the next by what answers lead to.
"""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from web_apps import fresh_services, served

from foureyes.settings import Settings
from foureyes.web.app import create_app
from furnished import Furnished, furnished
from log_capture import captured_log

_SWEEP = int(os.environ.get("FOUREYES_TEST_SWEEP", "0"))
_CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "ignored_auth",
)  # fmt: skip


@dataclass
class Running:
    """A server in a thread of its own: the sweep waits for each answer, and takes this thread."""

    folder: Path
    port: int = 0
    known: Furnished | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    stop: Callable[[], object] = lambda: None

    async def serve(self) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self.stop = lambda: loop.call_soon_threadsafe(ended.set)
        async with fresh_services(self.folder) as services, served(create_app(services)) as self.port:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:
                self.known = await furnished(client, services.database)
            self.ready.set()
            await ended.wait()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    server = Running(folder)
    with captured_log(Settings()), ThreadPoolExecutor(1) as threads:
        serving = threads.submit(asyncio.run, server.serve())
        serving.add_done_callback(lambda _: server.ready.set())
        assert server.ready.wait(60)
        try:
            yield server
        finally:
            server.stop()
            serving.result(60)


def config(known: Furnished, *, examples: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    """The same requests in every run, most of them about what there is."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {known.token}"},
            "generation": {"deterministic": True, "max-examples": examples, "no-shrink": True},
            "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in _CHECKS}},
            "dictionaries": {
                "reviews": {"values": [known.completed_id, known.dead_id, known.pending_id]},
                "findings": {"values": [known.finding_id]},
                "sources": {"values": ["app.py", known.digest]},
            },
            "parameters": {
                "path.review_id": {"dictionary": "reviews", "probability": 0.7},
                "path.finding_id": {"dictionary": "findings", "probability": 0.7},
                "path.name": {"dictionary": "sources", "probability": 0.5},
            },
        }
    )


@dataclass
class Swept:
    """What came of a sweep."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.NonFatalError):
            self.wrong.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            self.wrong.append(str(event.exception))
        elif isinstance(event, events.ScenarioFinished):
            self.cases[event.phase.value] += len(event.recorder.cases)
            for interaction in event.recorder.interactions.values():
                self.statuses[interaction.response.status_code if interaction.response else 0] += 1
            for checks in event.recorder.checks.values():
                self.wrong += [_told(event.recorder.label, check) for check in checks if check.failure_info]


def _told(label: str, check: Any) -> str:
    failure = check.failure_info.failure
    return f"{label}: {check.name}: {failure.title}: {failure.message[:300]}\n{check.failure_info.code_sample[:300]}"


def swept(server: Running, *, examples: int, phases: tuple[str, ...]) -> Swept:
    assert server.known is not None
    address = f"http://127.0.0.1:{server.port}/api/openapi.json"
    schema = schemathesis.openapi.from_url(address, config=config(server.known, examples=examples, phases=phases))
    found = Swept()
    # Whoever logs out would be nobody for the rest of it.
    for event in from_schema(schema.exclude(path="/api/auth/logout")).execute():
        found.note(event)
    return found


@pytest.mark.timeout(3600 if _SWEEP else 300)
def test_every_answer_is_one_that_the_document_declares(tmp_path: Path) -> None:
    phases = ("examples", "coverage", "fuzzing", *(("stateful",) if _SWEEP else ()))
    with running(tmp_path) as server:
        found = swept(server, examples=_SWEEP or 4, phases=phases)
    assert found.wrong == []
    assert found.cases["coverage"] > 500
    assert found.cases["fuzzing"] > 50
    # A sweep that is only ever refused would prove nothing.
    assert sum(count for status, count in found.statuses.items() if 200 <= status < 300) > 100
