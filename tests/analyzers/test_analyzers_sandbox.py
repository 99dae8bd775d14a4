"""The sandbox: probes from inside, run for real where bubblewrap is, and tools that stay off where it is not."""

import itertools
import os
import re
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from analyzers_house import analysis_of

from foureyes.analyzers import mypy, pylint, seccomp
from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Outcome, Trust
from foureyes.analyzers.sandbox import Protection, Sandbox
from foureyes.errors import ProcessError, SandboxUnavailableError
from foureyes.kit.process import Completed, Limits

HEADERS = Path("/usr/include")


@pytest.fixture
async def cage() -> Sandbox:
    sandbox = Sandbox()
    level = await sandbox.probe()
    if not level.usable:
        pytest.skip(f"no sandbox on this machine: {level.reason}")
    return sandbox


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory as the runner makes it. Above pytest's own stands one that only its owner may enter."""
    with tempfile.TemporaryDirectory(prefix="foureyes-test-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


# Each prints nothing where the cage holds.
PROBES = {
    "no secret in its environment": "env | grep -a PLANTED",
    "no secret in the environment of process 1": "tr '\\0' '\\n' < /proc/1/environ | grep -a PLANTED",
    "the repository is read-only": "touch /repo/x 2>/dev/null && echo written",
    "the root is read-only": "touch /x 2>/dev/null && echo written",
    "devices are read-only": "touch /dev/x 2>/dev/null && echo written",
    "temporary space is capped": (
        "dd if=/dev/zero of=/tmp/b bs=1M count=100 2>/dev/null; [ $(stat -c %s /tmp/b) -le 67108864 ] || echo uncapped"
    ),
    "no files of the host": "for f in /root /home /etc/passwd /etc/shadow /var; do [ -e $f ] && echo $f; done",
    "only the loopback device": "tail -n +3 /proc/net/dev | grep -v ' lo:'",
    "no nested user namespace": "unshare -Ur true 2>/dev/null && echo nested",
    "no write to kernel settings": "[ -w /proc/sys/kernel/core_pattern ] && echo writable",
    "no processes of the host": "[ $(ls /proc | grep -cE '^[0-9]+$') -lt 12 ] || echo visible",
    "no new privileges": "grep -q 'NoNewPrivs:.1' /proc/self/status || echo privileges",
    "no capabilities": "grep -q 'CapEff:.0000000000000000' /proc/self/status || echo capabilities",
    "no user 0": "[ $(id -u) != 0 ] || echo root",
    "no mounting": "mount -t tmpfs none /tmp 2>/dev/null && echo mounted",
    "no core files": "[ $(ulimit -c) = 0 ] || echo core",
    "a name of its own": "[ $(uname -n) = sandbox ] || uname -n",
}


@pytest.mark.parametrize("probe", PROBES)
async def test_the_cage_holds(probe: str, cage: Sandbox, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "PLANTED")
    done = await cage.run(["/bin/sh", "-c", f"{PROBES[probe]}; true"], root=place)
    assert done.stdout == b""


async def test_system_calls_are_filtered(cage: Sandbox, place: Path) -> None:
    if (await cage.probe()).protection is not Protection.FULL:
        pytest.skip("no filter for this kind of processor")
    done = await cage.run(["/bin/grep", "Seccomp:", "/proc/self/status"], root=place)
    assert done.stdout.split() == [b"Seccomp:", b"2"]


async def test_a_service_of_the_host_can_not_be_reached(cage: Sandbox, place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        script = f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"
        done = await cage.run(["/bin/bash", "-c", f"({script}) 2>/dev/null; true"], root=place)
    assert done.stdout == b""


async def test_it_reads_the_directory_and_nothing_beside_it(cage: Sandbox, place: Path) -> None:
    (place / "repository").mkdir()
    (place / "repository" / "a.txt").write_text("seen")
    (place / "beside.txt").write_text("hidden")
    done = await cage.run(["/bin/sh", "-c", f"cat a.txt; cat {place}/beside.txt"], root=place / "repository")
    assert done.stdout == b"seen"


async def test_a_link_out_of_the_directory_leads_nowhere(cage: Sandbox, place: Path) -> None:
    outside, root = place / "outside.txt", place / "repository"
    outside.write_text("hidden")
    root.mkdir()
    (root / "link").symlink_to(outside)
    assert (await cage.run(["/bin/cat", "link"], root=root)).stdout == b""
    # Handing the directory over to the cage's user must not hand over what lies outside.
    assert outside.stat().st_uid == os.getuid()


async def test_time_and_output_are_limited_inside_too(cage: Sandbox, place: Path) -> None:
    with pytest.raises(ProcessError, match=r"stopped after 0\.5 s"):
        await cage.run(["/bin/sleep", "60"], root=place, limits=Limits(time=timedelta(seconds=0.5)))
    with pytest.raises(ProcessError, match="wrote more than 1 MiB"):
        await cage.run(["/usr/bin/yes"], root=place, limits=Limits(output=1 << 20))


async def test_what_the_program_said_is_kept_apart_from_what_the_cage_said(cage: Sandbox, place: Path) -> None:
    done = await cage.run(["/bin/sh", "-c", "echo out; echo err >&2; exit 7"], root=place)
    assert (done.code, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


async def test_a_cage_that_can_not_be_set_up_is_no_answer_of_the_program(cage: Sandbox, place: Path) -> None:
    with pytest.raises(ProcessError, match=r"the sandbox could not be set up: .*nowhere"):
        await cage.run(["/bin/true"], root=place, tools=[place / "nowhere"])


async def test_without_bubblewrap_nothing_is_run(place: Path) -> None:
    sandbox = Sandbox(find=lambda _: None)
    level = await sandbox.probe()
    assert (level.protection, level.usable) == (Protection.NONE, False)
    assert "install bubblewrap" in level.reason
    with pytest.raises(SandboxUnavailableError):
        await sandbox.run(["/bin/touch", str(place / "x")], root=place)
    assert not (place / "x").exists()


async def test_a_bubblewrap_that_does_nothing_is_found_out(pretender: Path) -> None:
    sandbox = Sandbox(find=lambda name: pretender if name == "bwrap" else Path("/usr/bin", name))
    assert (await sandbox.probe()).protection is Protection.NONE


@pytest.fixture
def pretender(place: Path) -> Path:
    pretender = place / "bwrap"
    pretender.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n')
    pretender.chmod(0o755)
    return pretender


async def test_tools_that_run_the_repositorys_code_stay_off_without_a_sandbox() -> None:
    analysis = await analysis_of({"a.py": "x: int = 'a'\n"}, mypy.ANALYZER, sandbox=Sandbox(find=lambda _: None))
    (run,) = analysis.runs
    assert run.outcome is Outcome.OFF
    assert run.reason.startswith("it runs code of the repository, and there is no sandbox: ")
    assert analysis.looked_at == {}


async def usable_python(cage: Sandbox, root: Path) -> None:
    """Skips where the interpreter lies where only its owner may look: the cage's user is another one."""
    try:
        await cage.run([sys.executable, "-c", ""], root=root, tools=mypy.interpreter_directories(root))
    except ProcessError as exc:
        pytest.skip(exc.reason)


async def test_mypy_looks_inside_the_sandbox(cage: Sandbox, place: Path) -> None:
    await usable_python(cage, place)
    files = {"pkg/a.py": "x = 1\ny: int = 'a'\n", "broken.py": "def f(:\n"}
    analysis = await analysis_of(files, mypy.ANALYZER, sandbox=cage)
    assert [run.reason for run in analysis.runs] == [""]
    assert ("pkg/a.py", 2, "assignment") in [(one.path, one.start_line, one.rule) for one in analysis.diagnostics]


HOSTILE_TOOL = """#!/bin/sh
touch /repo/marker /tmp/marker "{outside}/marker" 2>/dev/null
cat /proc/1/environ /etc/passwd "{outside}/secret" 2>/dev/null
exit 0
"""


async def test_a_tool_taken_over_by_the_repository_can_do_nothing(
    cage: Sandbox, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "PLANTED")
    (place / "secret").write_text("PLANTED")
    heard: list[bytes] = []

    def listen(done: Completed, _: Batch) -> list[Diagnostic]:
        heard.append(done.stdout)
        return []

    taken_over = CommandAnalyzer(
        name="sh",
        distribution="none",
        wants=lambda _: True,
        arguments=(),
        read=listen,
        trust=Trust.EXECUTES,
        find=lambda _: Path("/bin/sh"),
    )
    analysis = await analysis_of({"a.sh": HOSTILE_TOOL.format(outside=place)}, taken_over, sandbox=cage)
    assert [run.outcome for run in analysis.runs] == [Outcome.RAN]
    assert [b"PLANTED" in said for said in heard] == [False]
    assert not (place / "marker").exists()


@pytest.mark.parametrize("tool", [mypy.ANALYZER, pylint.ANALYZER], ids=lambda tool: tool.name)
async def test_such_a_tool_is_never_called_without_a_sandbox(tool: CommandAnalyzer, place: Path) -> None:
    present = replace(tool, find=lambda _: Path("/bin/true"))
    with pytest.raises(ProcessError, match="was given no sandbox"):
        await present.run(Batch(place, [AnalyzedFile("a.py", b"")]))


def denied_calls(machine: str) -> dict[int, int]:
    """The filter taken apart again: number of each call and what is answered."""
    program = seccomp.program(machine)
    assert program is not None
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    pairs = itertools.pairwise(steps)
    return {first[3]: second[3] for first, second in pairs if first[0] == 0x15 and second[0] == 0x06}


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "asm-generic/unistd.h")],
)
def test_the_filter_denies_what_the_kernels_headers_call_by_these_numbers(machine: str, header: str) -> None:
    if not (HEADERS / header).exists():
        pytest.skip("no kernel headers on this machine")
    text = (HEADERS / header).read_text()
    numbers = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    denied = denied_calls(machine)
    assert {name for name in seccomp._DENIED if numbers[name] not in denied} == set()
    assert denied[numbers["clone3"]] != denied[numbers["mount"]]


def test_an_unknown_processor_has_no_filter() -> None:
    assert seccomp.program("vax") is None
