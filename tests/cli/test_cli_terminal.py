"""The program at a terminal and in a shell: progress, questions, Ctrl-C, readers that go away."""

import os
import pty
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_reviews import APP, leave_review
from cli_world import PROGRAM, Repository, environment

PATIENCE = 60


class Terminal:
    """A terminal with the program in it: what it shows, and keys to press."""

    def __init__(self, master: int, process: "subprocess.Popen[bytes]") -> None:
        self._master = master
        self.process = process
        self.shown = b""

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, words: str) -> None:
        before = time.monotonic()
        while words.encode() not in self.shown:
            assert time.monotonic() - before < PATIENCE, self.shown
            self._read()

    def end(self) -> int:
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        try:
            part = os.read(self._master, 65536)
        except OSError:
            return False
        self.shown += part
        return bool(part)


@contextmanager
def terminal(where: Path, *arguments: str, **variables: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=where,
        env={**environment(), "TERM": "xterm-256color", **variables},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        os.close(master)


@contextmanager
def a_server_that_never_answers() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(PATIENCE)
        yield server


def with_model(server: socket.socket) -> dict[str, str]:
    return {
        "ANTHROPIC_API_KEY": "sk-test-0123456789",
        "FOUREYES_MODEL": "anthropic:claude-opus-4-8",
        "FOUREYES_ANTHROPIC_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
    }


@pytest.fixture
def begun(repository: Repository) -> Repository:
    repository.commit({"app.py": APP})
    repository.write({"app.py": APP + "\n\ndef check(x):\n    if x:\n        ValueError(x)\n"})
    return repository


def test_a_terminal_sees_colour_and_the_stage_that_runs(begun: Repository) -> None:
    with terminal(begun.path, "review") as screen:
        assert screen.end() == 0
    # Which stage is seen depends on how long each takes: the line is drawn anew some twelve times a second.
    assert any(stage in screen.shown for stage in (b"Reading the change", b"Running analysers", b"Trying suggestions"))
    assert b"\x1b[33m" in screen.shown


def test_no_color_is_honoured_at_a_terminal(begun: Repository) -> None:
    with terminal(begun.path, "review", "-q", NO_COLOR="1") as screen:
        screen.end()
    assert b"\x1b[3" not in screen.shown


def test_suggestions_are_asked_for_one_by_one(begun: Repository) -> None:
    begun.write({"app.py": APP})
    leave_review(begun.path)
    with terminal(begun.path, "fix") as screen:
        screen.wait_for("[q]uit: ")
        screen.press("what\n")
        screen.wait_for("what\r\nApply?")
        screen.press("n\n")
        screen.wait_for("os imported but unused")
        screen.press("y\n")
        assert screen.end() == 0
    assert (begun.path / "app.py").read_text() == APP.removeprefix("import os\n")


def test_quitting_applies_what_was_chosen_before_and_no_more(begun: Repository) -> None:
    begun.write({"app.py": APP})
    leave_review(begun.path)
    with terminal(begun.path, "fix") as screen:
        screen.wait_for("[q]uit: ")
        screen.press("q\n")
        assert screen.end() == 0
    assert (begun.path / "app.py").read_text() == APP


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_cancels_what_is_in_flight(begun: Repository, sent: signal.Signals, code: int) -> None:
    with a_server_that_never_answers() as server:
        process = subprocess.Popen(
            [PROGRAM, "review", "-q"],
            cwd=begun.path,
            env={**environment(), **with_model(server)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        asked, _ = server.accept()
        process.send_signal(sent)
        out, err = process.communicate(timeout=PATIENCE)
        asked.close()
    assert process.returncode == code
    assert out == b""
    assert len(err.splitlines()) == 1
    assert b"the same command goes on from there" in err


def test_ctrl_c_at_a_question_is_no_traceback(begun: Repository) -> None:
    begun.write({"app.py": APP})
    leave_review(begun.path)
    with terminal(begun.path, "fix") as screen:
        screen.wait_for("[q]uit: ")
        screen.process.send_signal(signal.SIGINT)
        # A signal that comes just before the read is seen when the read ends.
        screen.press("\n")
        assert screen.end() == 130
    assert b"Traceback" not in screen.shown


def test_a_reader_that_goes_away_changes_nothing(begun: Repository) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [PROGRAM, "review", "-q", "--fail-on", "low", "-f", "json"],
        cwd=begun.path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
