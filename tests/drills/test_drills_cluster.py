"""Processes of a drill: killed, held, ended; and the folder that stays when something went wrong."""

import sys
from pathlib import Path

import pytest

from drills import cluster
from drills.__main__ import DRILLS, main
from drills.cluster import Member, environment, free_port
from drills.servers import folder_of_drill, keep


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Member:
    monkeypatch.setattr(cluster, "PROGRAM", sys.executable)
    return Member("sleeper", ("-c", "import time; time.sleep(60)"), environment(tmp_path, {}), tmp_path / "log")


def test_a_killed_member_is_dead_and_starts_again_as_it_was(sleeper: Member) -> None:
    sleeper.start()
    first = sleeper.pid
    sleeper.kill()
    assert not sleeper.alive
    sleeper.restart()
    assert sleeper.alive
    assert sleeper.pid != first
    assert sleeper.starts == 2
    sleeper.kill()


def test_a_member_that_is_held_is_alive_and_ends_only_when_let_go(sleeper: Member) -> None:
    sleeper.start()
    sleeper.hold()
    assert sleeper.alive
    sleeper.let_go()
    assert sleeper.end(within=30) < 0
    sleeper.kill()


def test_a_member_that_never_started_has_no_process_id(sleeper: Member) -> None:
    with pytest.raises(RuntimeError, match="sleeper was never started"):
        _ = sleeper.pid


def test_nothing_of_whoever_runs_drills_gets_into_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUREYES_MODEL", "mine")
    env = environment(tmp_path, {"FOUREYES_REDIS_URL": "redis://there"})
    assert "FOUREYES_MODEL" not in env
    assert env["FOUREYES_REDIS_URL"] == "redis://there"


def test_free_ports_are_free() -> None:
    assert 1024 < free_port() < 65536


def test_the_folder_of_a_drill_goes_unless_it_is_kept() -> None:
    with folder_of_drill() as gone:
        assert gone.is_dir()
    assert not gone.exists()


def test_the_folder_of_a_drill_that_went_wrong_stays_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with folder_of_drill() as kept:
        keep(kept)
    assert kept.is_dir()
    assert str(kept) in capsys.readouterr().out
    (kept / "kept").unlink()
    kept.rmdir()


def test_a_drill_that_nobody_knows_is_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["drills", "floods"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert "'floods'" in said
    assert all(name in said for name in DRILLS)
