"""`foureyes api` and `foureyes worker` as processes on PostgreSQL and Redis."""

import signal
from pathlib import Path

import asyncpg
import pytest
from cli_world import Person, one_clear_sentence

from foureyes.kit.ids import new_id
from server_processes import running
from servers import apart, dsn, postgres_url, redis_server
from stores import store_url


@pytest.fixture
def shared(tmp_path: Path) -> dict[str, str]:
    """The variables that every process of an installation is given."""
    return {
        "FOUREYES_DATABASE_URL": store_url("postgres", tmp_path),
        "FOUREYES_REDIS_URL": redis_server(),
        "FOUREYES_SECRET_KEY": "of these tests and of nothing else",
    }


@pytest.mark.parametrize("verb", ["api", "worker"])
@pytest.mark.parametrize("variable", ["FOUREYES_DATABASE_URL", "FOUREYES_REDIS_URL", "FOUREYES_SECRET_KEY"])
def test_what_processes_must_share_is_asked_for(
    installed: Person, shared: dict[str, str], tmp_path: Path, verb: str, variable: str
) -> None:
    given = {name: value for name, value in shared.items() if name != variable}
    port = "--port" if verb == "api" else "--metrics-port"
    ran = installed(verb, port, "0", "--data-dir", str(tmp_path / "data"), **given)
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith(f"{variable}: ")


def test_an_api_answers_and_ends_well(shared: dict[str, str], tmp_path: Path) -> None:
    with running("api", tmp_path, **shared) as server:
        status, found = server.get("/readyz")
        assert (status, found["ready"]) == (200, True)
        server.tell(signal.SIGTERM)
        assert server.ended() == 0


def test_a_worker_tells_how_it_is_and_ends_well(shared: dict[str, str], tmp_path: Path) -> None:
    with running("worker", tmp_path, "--kinds", "review,debug", **shared) as server:
        assert server.get("/healthz") == (200, {"status": "alive"})
        assert server.get("/readyz")[0] == 200
        assert server.get("/api/reviews")[0] == 404
        assert server.heard('"kinds": ["review", "debug"]')
        server.tell(signal.SIGTERM)
        assert server.ended() == 0
        assert "worker_stopped" in server.said()


def test_an_account_of_one_api_is_known_to_the_other(shared: dict[str, str], tmp_path: Path) -> None:
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    with running("api", tmp_path, **shared) as one, running("api", tmp_path, **shared) as other:
        one.get("/healthz")
        other.get("/healthz")
        assert one.post("/api/auth/register", account)[0] == 201
        assert other.post("/api/auth/login", account)[0] == 200


@pytest.mark.parametrize("verb", ["api", "worker"])
def test_tables_that_are_not_there_stop_the_start(
    installed: Person, shared: dict[str, str], tmp_path: Path, verb: str
) -> None:
    name = f"foureyes_empty_{new_id().hex}"

    async def tell(statement: str) -> None:
        connection = await asyncpg.connect(dsn(postgres_url("postgres")))
        await connection.execute(statement)
        await connection.close()

    apart(tell(f'CREATE DATABASE "{name}"'))
    given = {**shared, "FOUREYES_DATABASE_URL": postgres_url(name)}
    ran = installed(verb, "--port" if verb == "api" else "--metrics-port", "0", "--data-dir", str(tmp_path), **given)
    apart(tell(f'DROP DATABASE "{name}" WITH (FORCE)'))
    assert one_clear_sentence(ran, 3)
    assert "run `foureyes migrate`" in ran.err


def test_an_api_starts_while_the_database_is_away_and_says_so(shared: dict[str, str], tmp_path: Path) -> None:
    given = {**shared, "FOUREYES_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}
    with running("api", tmp_path, **given) as server:
        assert server.get("/healthz")[0] == 200
        status, found = server.get("/readyz")
        assert (status, found["ready"]) == (503, False)


@pytest.mark.parametrize(("kinds", "named"), [("review,lint", "lint"), (" , ", "nothing")])
def test_a_kind_that_is_none_is_named(installed: Person, kinds: str, named: str) -> None:
    ran = installed("worker", "--kinds", kinds)
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith(f"--kinds: {named} is no kind of review: choose from review, debug")
