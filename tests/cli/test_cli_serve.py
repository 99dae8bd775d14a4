"""`foureyes serve` as a process: it starts from nothing, says where it is, drains, and refuses a second one."""

import signal
import socket
from pathlib import Path

import pytest
from cli_world import Person, one_clear_sentence

from foureyes.migrations.upgrade import wanted
from server_processes import running

ACCOUNT = {"email": "ada@example.org", "password": "correct horse battery"}


def test_it_starts_from_nothing_and_is_ready(tmp_path: Path) -> None:
    with running("serve", tmp_path) as server:
        status, found = server.get("/readyz")
        assert (status, found["ready"]) == (200, True)
        assert {part["name"] for part in found["parts"]} >= {"database", "migrations", "broker"}
    assert (tmp_path / "foureyes.sqlite").stat().st_mode & 0o077 == 0


def test_it_says_where_it_is_where_the_data_is_and_how_to_come_in(tmp_path: Path) -> None:
    with running("serve", tmp_path) as server:
        assert server.heard("Ctrl-C stops it.")
        said = server.said()
    assert f"Foureyes is at http://localhost:{server.port} " in said
    assert f"Data: {tmp_path} (foureyes.sqlite)" in said
    assert f"curl http://localhost:{server.port}/api/auth/register" in said


def test_the_second_start_knows_the_first_account(tmp_path: Path) -> None:
    with running("serve", tmp_path) as server:
        server.get("/healthz")
        status, session = server.post("/api/auth/register", ACCOUNT)
        assert (status, session["user"]["operator"]) == (201, True)
    # `running` has killed it: what was answered must be there all the same.
    with running("serve", tmp_path) as server:
        assert server.heard("Ctrl-C stops it.")
        assert "Nobody has an account yet" not in server.said()
        assert server.post("/api/auth/login", ACCOUNT)[0] == 200


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_well(tmp_path: Path, one: signal.Signals) -> None:
    with running("serve", tmp_path) as server:
        assert server.heard("Ctrl-C stops it.")
        server.tell(one)
        assert server.ended() == 0
        assert "worker_stopped" in server.said()
        assert "Traceback" not in server.said()


def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path, installed: Person) -> None:
    with running("serve", tmp_path) as server:
        server.get("/healthz")
        ran = installed("serve", "--port", "0", "--data-dir", str(tmp_path))
        assert one_clear_sentence(ran, 2)
        assert f"(process {server.process.pid}) already works on {tmp_path}: stop it, or" in ran.err
        assert server.get("/healthz")[0] == 200


def test_killed_it_leaves_no_lock_behind(tmp_path: Path) -> None:
    with running("serve", tmp_path) as server:
        server.get("/healthz")
        server.tell(signal.SIGKILL)
        assert server.ended() == -signal.SIGKILL
    with running("serve", tmp_path) as server:
        assert server.get("/readyz")[0] == 200


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path, installed: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = installed("serve", "--port", port, "--data-dir", str(tmp_path))
    assert one_clear_sentence(ran, 2)
    assert f"Port {port} on 127.0.0.1 is in use" in ran.err
    assert not (tmp_path / "foureyes.sqlite").exists()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FOUREYES_PORT", "http", "FOUREYES_PORT: "),
        ("FOUREYES_HOST", "203.0.113.9", "FOUREYES_HOST: '203.0.113.9' is not an address of this machine"),
        ("FOUREYES_GRACE", "soon", "FOUREYES_GRACE: 'soon' is not a duration"),
        ("FOUREYES_SECRET_KEY", "short", "FOUREYES_SECRET_KEY is too short"),
        ("FOUREYES_DATABASE_URL", "mysql://db/x", "FOUREYES_DATABASE_URL: names no store we know (mysql)"),
        ("FOUREYES_REDIS_URL", "amqp://broker", "FOUREYES_REDIS_URL: "),
    ],
)
def test_a_bad_variable_is_named_with_the_fix(
    installed: Person, tmp_path: Path, variable: str, value: str, said: str
) -> None:
    ran = installed("serve", "--data-dir", str(tmp_path / "data"), **{"FOUREYES_PORT": "0", variable: value})
    assert one_clear_sentence(ran, 2)
    assert said in ran.err


def test_a_folder_that_can_not_be_made_is_one_clear_sentence(installed: Person, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = installed("serve", "--port", "0", "--data-dir", str(tmp_path / "file" / "data"))
    assert one_clear_sentence(ran, 2)
    assert "--data-dir" in ran.err


def test_a_database_that_is_away_stops_the_start_with_its_address_unsaid(installed: Person, tmp_path: Path) -> None:
    url = "postgresql+asyncpg://me:planted@127.0.0.1:1/foureyes"
    ran = installed("serve", "--port", "0", FOUREYES_DATABASE_URL=url, FOUREYES_DATA_DIR=str(tmp_path))
    assert one_clear_sentence(ran, 3)
    assert "The database can't be reached" in ran.err
    assert "planted" not in ran.err


def test_migrations_come_before_the_first_answer(tmp_path: Path, installed: Person) -> None:
    with running("serve", tmp_path) as server:
        server.get("/healthz")
    ran = installed("migrate", "--check", "--data-dir", str(tmp_path))
    assert (ran.code, ran.err) == (0, f"The database is at version {wanted()}: there is nothing to do.\n")
