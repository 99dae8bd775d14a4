"""What people send by mistake or on purpose, through the real application: a clear refusal, and nothing kept of it."""

import asyncio
import base64
import io
import tarfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from clients import app_of, client_of, registered
from foureyes.kit.database.port import Database
from foureyes.kit.ids import new_id
from foureyes.models.reviews import IdempotencyKey, Review
from foureyes.reviews.schemas import REVIEW_EXAMPLES
from foureyes.settings import Settings
from hostile_json import HOSTILE

FILE = {"type": "file", "path": "app.py", "content": "x = 1\n"}
MEGABYTE = 1 << 20


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return app_of(database, Settings(data_dir=tmp_path))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as opened:
        await registered(opened)
        yield opened


async def kept(database: Database) -> int:
    """How many reviews there are."""
    return await database.read(lambda session: session.scalar(select(func.count()).select_from(Review)) or 0)


def archived(form: str, **files: bytes) -> dict[str, str]:
    held = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=held, mode="w:gz") as packed:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                packed.addfile(entry, io.BytesIO(content))
    return {"type": "archive", "format": form, "content": base64.b64encode(held.getvalue()).decode()}


def files(*paths: str) -> dict[str, Any]:
    return {"type": "files", "files": [{"path": path, "content": "x = 1\n"} for path in paths]}


BOMB = {f"f{number}.py": b"\0" * (MEGABYTE - 1) for number in range(30)}
REFUSED = {
    "unknown kind": (400, "/kind", {"kind": "poem", "source": FILE}),
    "unknown language": (400, "/language", {"language": "klingon", "source": FILE}),
    "unknown source": (400, "/source", {"source": {"type": "fax"}}),
    "unknown field": (400, "/sauce", {"source": FILE, "sauce": 1}),
    "no source": (400, "/source", {}),
    "no type": (400, "/source", {"source": {"path": "app.py", "content": "x"}}),
    "no files": (400, "/source/files", {"source": files()}),
    "empty file": (400, "/source/content", {"source": {**FILE, "content": " \n"}}),
    "no name and no language": (400, "/source/path", {"source": {"type": "file", "content": "x = 1\n"}}),
    "absolute path": (400, "/source/path", {"source": {**FILE, "path": "/etc/passwd"}}),
    "absolute path among files": (400, "/source/files/1/path", {"source": files("a.py", "/x")}),
    "drive": (400, "/source/path", {"source": {**FILE, "path": "C:\\x.py"}}),
    "path out of the top": (400, "/source/path", {"source": {**FILE, "path": "a/../../x.py"}}),
    "inside of .git": (400, "/source/path", {"source": {**FILE, "path": ".git/config"}}),
    "the same path twice": (400, "/source/files", {"source": files("a.py", "b.py", "a.py")}),
    "file and folder": (400, "/source/files", {"source": files("a", "a/b.py")}),
    "no patch": (400, "/source/patch", {"source": {"type": "patch", "patch": "hello"}}),
    "no error to debug": (400, "/error", {"kind": "debug", "source": FILE}),
    "not base64": (400, "", {"source": {"type": "archive", "format": "zip", "content": "???"}}),
    "no archive": (400, "", {"source": {"type": "archive", "format": "zip", "content": "aGVsbG8="}}),
    "unknown archive": (400, "/source/format", {"source": {"type": "archive", "format": "rar", "content": "aGVsbG8="}}),
    "archive of nothing": (400, "/source/content", {"source": archived("zip")}),
    "archive that climbs": (400, "", {"source": archived("tar.gz", **{"../x.py": b"x"})}),
    "archive with an absolute name": (400, "", {"source": archived("tar.gz", **{"/x.py": b"x"})}),
    "zip bomb": (413, "", {"source": archived("zip", **BOMB)}),
    "tar bomb": (413, "", {"source": archived("tar.gz", **BOMB)}),
    "large file": (413, "", {"source": {**FILE, "content": "x" * (MEGABYTE + 1)}}),
    "large in all": (413, "", {"source": {"type": "files", "files": [
        {"path": f"{number}.py", "content": f"{number}" + "x" * (MEGABYTE - 9)} for number in range(12)]}}),
    "local repository": (400, "/source/url", {"source": {"type": "repository", "url": "file:///etc", "head": "main"}}),
    "repository with a password": (400, "/source/url", {"source": {
        "type": "repository", "url": "https://a:secret@git.example.org/x.git", "head": "main"}}),
    "revision like an option": (400, "/source/head", {"source": {
        "type": "repository", "url": "https://git.example.org/x.git", "head": "--upload-pack=x"}}),
}  # fmt: skip


async def test_what_cant_be_reviewed_is_refused_and_not_kept(client: httpx2.AsyncClient, database: Database) -> None:
    for name, (status, pointer, body) in REFUSED.items():
        answer = await client.post("/api/reviews", json=body)
        problem = answer.json()
        assert answer.status_code == status, f"{name}: {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert [row["pointer"] for row in problem["problems"]][:1] == ([pointer] if pointer else []), (
            f"{name}: {problem}"
        )
        assert problem["detail"].endswith("."), name
        assert "secret" not in answer.text
    assert await kept(database) == 0


async def test_hostile_json_is_refused_and_not_kept(client: httpx2.AsyncClient, database: Database) -> None:
    for name, raw in HOSTILE.items():
        answer = await client.post("/api/reviews", content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, name
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert await kept(database) == 0


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b'"' + b"x" * MEGABYTE

    answer = await client.post("/api/reviews", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.headers["Connection"] == "close"


async def test_an_id_that_is_none_and_one_that_is_not_there(client: httpx2.AsyncClient) -> None:
    odd, away = await client.get("/api/reviews/seven"), await client.get(f"/api/reviews/{new_id()}")
    assert (odd.status_code, odd.json()["problems"][0]["pointer"]) == (400, "review_id")
    assert (away.status_code, away.json()["detail"]) == (404, "There is no such review here.")


@pytest.mark.parametrize("moment", ["0.5", "-1e300", "9" * 40, "yesterday", "2026-11-22", "2026-11-22T10:00:00"])
async def test_a_moment_is_a_date_with_a_time_and_a_zone(client: httpx2.AsyncClient, moment: str) -> None:
    answer = await client.get("/api/reviews", params={"created_from": moment})
    assert answer.status_code == 400
    assert "2026-11-22T10:00:00Z" in answer.json()["detail"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:00:00Z"])
async def test_any_moment_may_be_asked_for(client: httpx2.AsyncClient, moment: str) -> None:
    await client.post("/api/reviews", json={"source": FILE})
    after, before = [
        len((await client.get("/api/reviews", params={name: moment})).json()["reviews"])
        for name in ("created_from", "created_to")
    ]
    assert after + before == 1


async def test_fifty_posts_with_one_key_are_one_review(client: httpx2.AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": "build-1"}
    answers = await asyncio.gather(
        *(client.post("/api/reviews", json={"source": FILE}, headers=headers) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["Location"] for answer in answers} == {f"/api/reviews/{answers[0].json()['id']}"}
    assert await kept(database) == 1
    await database.settled()
    assert len(await database.read(lambda session: session.scalars(select(IdempotencyKey)).all())) == 1


async def test_a_key_stands_for_one_body(client: httpx2.AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": "build-1"}
    await client.post("/api/reviews", json={"source": FILE}, headers=headers)
    other = await client.post("/api/reviews", json={"source": FILE, "title": "Another"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    assert await kept(database) == 1


@asynccontextmanager
async def fresh(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as opened:
        await registered(opened, f"{new_id()}@example.org")
        yield opened


@pytest.mark.parametrize("name", REVIEW_EXAMPLES)
async def test_the_documents_examples_are_accepted(app: FastAPI, name: str) -> None:
    operation = app.openapi()["paths"]["/api/reviews"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["examples"][name]
    async with fresh(app) as client:
        answer = await client.post("/api/reviews", json=example["value"])
    assert answer.status_code == 202, answer.text
    assert UUID(answer.json()["id"])


async def test_sentences_about_fields_are_written_for_people(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/reviews", json={"kind": "zzz", "source": {"type": "file", "content": "x"}})
    assert "'review', 'debug' or 'architecture'" in answer.json()["detail"]
    source = {"type": "repository", "url": "http://x/y", "head": "main"}
    answer = await client.post("/api/reviews", json={"source": source})
    assert answer.json()["detail"].endswith("is needed.")
    assert not answer.json()["detail"].endswith("..")
