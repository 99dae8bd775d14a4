"""The bench asks servers as clients do, starts floors that do the job, and counts what processes use."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import served, table
from bench.footprint import children, footprint
from bench.http_crowd import crowd, request, review_wanted, reviews_wanted
from bench.rows import Row, Spread, percentile
from bench.served import Served


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Served]:
    with served.floor(f"sqlite:{tmp_path / 'floor.sqlite'}") as least:
        yield least


def test_a_request_is_written_as_a_client_would() -> None:
    raw = request("POST", "/api/reviews", key="k", body={"a": 1}, If_None_Match='"x"')
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/reviews HTTP/1.1\r\n")
    assert b"Authorization: Bearer k" in head
    assert b'If-None-Match: "x"' in head
    assert json.loads(body) == {"a": 1}
    assert f"Content-Length: {len(body)}".encode() in head


def test_reviews_that_are_asked_for_differ_and_the_same_name_gives_the_same() -> None:
    assert len(set(reviews_wanted("k", 5, mark="a"))) == 5
    assert review_wanted("a") == review_wanted("a") != review_wanted("b")


async def test_the_floor_keeps_what_it_accepts(floor: Served) -> None:
    async with crowd(floor.url, 3) as clients:
        answers = await clients.at_once(list(reviews_wanted("", 3, mark="a")), status=202)
        assert await clients.all_of(reviews_wanted("", 6, mark="b"), status=202) > 0
    assert len({answer.json()["id"] for answer in answers}) == 3


async def test_a_refusal_is_not_measured(floor: Served) -> None:
    async with crowd(floor.url, 1) as clients:
        with pytest.raises(RuntimeError, match="answered 404"):
            await clients.one_by_one([request("GET", "/nowhere")], status=200)


async def test_the_floor_of_a_review_waits_for_the_model(tmp_path: Path) -> None:
    with served.a_model(0.2) as url, served.floor(f"sqlite:{tmp_path / 'floor.sqlite'}", "--model", url) as least:
        async with crowd(least.url, 1) as clients:
            [answer] = await clients.one_by_one(reviews_wanted("", 1, mark="a"), status=202)
    assert answer.seconds >= 0.2


def test_a_footprint_counts_children_and_their_time() -> None:
    burning = """import subprocess, sys
subprocess.run([sys.executable, "-c", "sum(range(10**7))"])
print(flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", burning], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used = footprint(process.pid)
        process.communicate(b"\n")
    assert used.cpu > 0.05
    assert used.memory > 1_000_000


def test_children_of_a_process_are_found_and_what_is_gone_is_an_error() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert process.pid in children(os.getpid())
        process.kill()
    with pytest.raises(FileNotFoundError):
        footprint(process.pid)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 2.0), (0.95, 4.0), (1.0, 4.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == value


@pytest.mark.parametrize(("measured", "over"), [(199.0, True), (200.0, False), (201.0, False)])
def test_some_budgets_are_the_least_that_will_do(measured: float, over: bool) -> None:
    row = Row("reviews in flight", "reviews", Spread.of([measured]), 200, at_least=True)
    assert row.over is over
    assert "budget at least 200 reviews" in table.written(row)
