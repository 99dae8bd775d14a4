"""The door to programs: what goes in, what comes out, and that nothing outlives its limits."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes.errors import ProcessError, ProcessOutputError, ProcessTimeoutError
from foureyes.kit.process import Limits, inherited, plain_environment, program, run

PYTHON = sys.executable


async def python(code: str, **more: object) -> tuple[int, bytes, bytes]:
    done = await run([PYTHON, "-I", "-c", code], **more)  # type: ignore[arg-type]
    return done.code, done.stdout, done.stderr


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def written(note: Path) -> bool:
    for _ in range(400):
        if note.exists() and note.read_text():  # noqa: ASYNC240  # Nothing else runs in this loop.
            return True
        await asyncio.sleep(0.05)
    return False


async def gone(pid: int) -> bool:
    for _ in range(100):
        if not is_alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_output_error_output_and_exit_code_come_back() -> None:
    assert await python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)") == (
        3,
        b"out\n",
        b"err\n",
    )


async def test_input_is_fed_and_a_program_that_ignores_it_is_no_error() -> None:
    big = b"x" * 3_000_000
    assert (await python("import sys; print(len(sys.stdin.buffer.read()))", stdin=big))[1] == b"3000000\n"
    assert (await python("pass", stdin=big))[0] == 0


async def test_without_input_there_is_nothing_to_read() -> None:
    assert (await python("import sys; print(repr(sys.stdin.read()))"))[1] == b"''\n"


async def test_no_variable_of_ours_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hidden")
    _, out, _ = await python("import os; print(sorted(os.environ))")
    assert b"SOME_API_KEY" not in out
    assert plain_environment(EXTRA="1")["EXTRA"] == "1"
    assert inherited("SOME_API_KEY", "NOT_SET_AT_ALL") == {"SOME_API_KEY": "hidden"}


async def test_arguments_reach_the_program_as_they_are() -> None:
    hostile = ["-n", "$(id)", "a b", "'\"", "new\nline"]
    done = await run([PYTHON, "-I", "-c", "import sys; print(sys.argv[1:])", *hostile])
    assert done.stdout.decode().strip() == repr(hostile)


async def test_a_program_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="can't be started"):
        await run([tmp_path / "nothing"])


async def test_the_working_directory_is_the_given_one(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    assert b"['here']" in (await python("import os; print(os.listdir())", cwd=tmp_path))[1]


async def test_a_program_that_runs_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    code = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)"
    )
    with pytest.raises(ProcessTimeoutError, match="stopped after"):
        await python(code, limits=Limits(time=timedelta(seconds=3)))
    pids = [int(pid) for pid in note.read_text().split()]
    assert [await gone(pid) for pid in pids] == [True, True]


async def test_a_child_that_holds_the_pipe_open_does_not_hold_us() -> None:
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(ProcessTimeoutError):
        await python(code, limits=Limits(time=timedelta(seconds=2)))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
async def test_a_flood_of_output_is_cut_off(stream: str) -> None:
    with pytest.raises(ProcessOutputError, match="more than 1 MiB"):
        await python(f"import sys\nwhile True: sys.{stream}.write('x' * 65536)", limits=Limits(output=1 << 20))


@pytest.mark.skipif(sys.platform != "linux", reason="limits are set through prlimit")
async def test_memory_beyond_the_limit_is_refused() -> None:
    code, _, err = await python("x = bytearray(900 << 20)", limits=Limits(memory=256 << 20))
    assert code != 0
    assert b"MemoryError" in err


@pytest.mark.skipif(sys.platform != "linux", reason="limits are set through prlimit")
async def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "big"
    await python(
        f"import time; time.sleep(0.3); open({str(target)!r}, 'wb').write(b'x' * (4 << 20))",
        limits=Limits(file=1 << 20),
    )
    assert not target.exists() or target.stat().st_size <= 1 << 20


async def test_cancelling_the_wait_kills_the_program(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(
        python(f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    )
    assert await written(note)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(int(note.read_text()))


async def test_many_at_once_do_not_mix() -> None:
    outs = await asyncio.gather(*(python(f"print({number})") for number in range(12)))
    assert [int(out) for _, out, _ in outs] == list(range(12))


def test_our_own_tools_are_found_before_those_on_the_path() -> None:
    found = program("ruff")
    assert found is not None
    assert found.parent == Path(PYTHON).parent
    assert program("surely-no-such-program") is None
    assert os.access(found, os.X_OK)
