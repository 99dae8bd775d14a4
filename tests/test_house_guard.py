"""The guard of the tests itself: what it stops and what it lets through."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from guard import OutsideWorldError, is_foreign, stays_inside


def test_another_machine_cannot_be_reached() -> None:
    with socket.socket() as one, pytest.raises(OutsideWorldError):
        one.connect(("192.0.2.1", 80))


def test_another_machine_cannot_be_looked_up() -> None:
    with pytest.raises(OutsideWorldError):
        socket.getaddrinfo("example.org", 443)


def test_a_datagram_does_not_leave_either() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as one, pytest.raises(OutsideWorldError):
        one.sendto(b"hello", ("192.0.2.1", 53))


def test_a_loopback_server_can_be_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as one:
        one.sendall(b"hello")
        with server.accept()[0] as other:
            assert other.recv(5) == b"hello"


@pytest.mark.parametrize("host", ["127.0.0.1", b"localhost", "::1", "127.8.9.10", None])
def test_this_machine_is_inside(host: object) -> None:
    assert stays_inside(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "localhost.example.org", "::ffff:192.0.2.1", "fe80::1%lo"]
)
def test_every_other_one_is_outside(host: object) -> None:
    assert not stays_inside(host)


@pytest.mark.parametrize("name", ["FOUREYES_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "SOME_TOKEN", "GIT_DIR", "CI"])
def test_no_setting_of_the_person_who_runs_the_tests_is_seen(name: str) -> None:
    assert is_foreign(name)


def test_home_is_a_fresh_folder(house: Path) -> None:
    assert Path.home() == house
    assert os.environ["XDG_CACHE_HOME"].startswith(str(house))


def test_git_can_commit_and_has_no_other_configuration(tmp_path: Path, house: Path) -> None:
    listed = subprocess.run(
        ["git", "config", "--list", "--show-origin"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert "user.email=test@example.org" in listed
    assert {line.split("\t")[0] for line in listed.splitlines()} == {f"file:{house}/.gitconfig"}
