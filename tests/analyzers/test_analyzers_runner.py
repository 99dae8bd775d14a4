"""Running analysers: side by side, cached, limited, and each on its own when it fails."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from analyzers_house import analysis_of, analyzed

from foureyes.analyzers import ruff
from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.port import AnalyzedFile, Analyzer, Batch, Diagnostic, Outcome, Scope, Trust
from foureyes.analyzers.runner import analyse
from foureyes.kit.cpu import Cpu
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore, SqliteStore
from foureyes.kit.process import Completed, Limits
from foureyes.kit.severity import Category, Severity

NOTED = Grade(Severity.LOW, Category.BUG, "Noted.")


def anything(file: AnalyzedFile) -> bool:
    del file
    return True


def remarks(done: Completed, batch: Batch) -> Iterator[Diagnostic]:
    """Reads lines of `path:line:message`."""
    del batch
    for line in done.stdout.decode().splitlines():
        path, number, message = line.split(":", 2)
        yield diagnosis(Place(path, int(number), int(number)), tool="tool", rule="r", message=message, grade=NOTED)


def tool(tmp_path: Path, script: str, *, limits: Limits | None = None, name: str = "tool") -> CommandAnalyzer:
    """A real program, written in shell, that is called as the real tools are."""
    program = tmp_path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return CommandAnalyzer(
        name=name,
        distribution="no-such-distribution",
        wants=anything,
        arguments=(),
        read=remarks,
        limits=limits or Limits(time=timedelta(seconds=20)),
        find=lambda _: program,
    )


SAYS_ONE_OF_EACH = 'for file; do echo "$file:1:seen"; done'


async def test_diagnostics_come_back_sorted_by_place(tmp_path: Path) -> None:
    chatty = tool(tmp_path, 'for file; do echo "$file:2:b"; echo "$file:1:a"; done')
    analysis = await analysis_of({"b.txt": "1\n2\n", "a.txt": "1\n2\n"}, chatty)
    assert [(one.path, one.start_line) for one in analysis.diagnostics] == [
        ("a.txt", 1),
        ("a.txt", 2),
        ("b.txt", 1),
        ("b.txt", 2),
    ]


async def test_hostile_names_reach_the_tool_in_disguise_and_come_back_as_they_were(tmp_path: Path) -> None:
    paths = ["-rf", "new\nline", "\x1b[31m", "../up", 'quo"te', "x" * 4000, "a:1:fake"]
    analysis = await analysis_of(dict.fromkeys(paths, "text\n"), tool(tmp_path, SAYS_ONE_OF_EACH))
    assert sorted(one.path for one in analysis.diagnostics) == sorted(paths)
    assert set(analysis.looked_at) == set(paths)


async def test_a_missing_tool_is_named_and_stops_nobody(tmp_path: Path) -> None:
    missing = replace(ruff.ANALYZER, find=lambda _: None)
    analysis = await analysis_of({"a.py": "x = 1\n"}, missing, tool(tmp_path, SAYS_ONE_OF_EACH))
    gone, ran = analysis.runs
    assert (gone.outcome, gone.reason) == (Outcome.MISSING, "ruff is not installed")
    assert ran.outcome is Outcome.RAN
    assert analysis.looked_at == {"a.py": ("tool",)}


async def test_a_tool_that_wants_nothing_is_not_mentioned() -> None:
    assert (await analysis_of({"a.txt": "text\n"}, ruff.ANALYZER)).runs == ()


async def test_a_tool_that_crashes_fails_alone(tmp_path: Path) -> None:
    crashing = tool(tmp_path, "kill -SEGV $$", name="crashing")
    analysis = await analysis_of({"a.py": "undefined\n"}, crashing, ruff.ANALYZER)
    failed, ran = analysis.runs
    assert failed.outcome is Outcome.FAILED
    assert failed.reason.startswith("ended with -11")
    assert [one.rule for one in analysis.diagnostics if one.tool == ran.tool] != []
    assert analysis.looked_at == {"a.py": ("ruff",)}


async def test_a_tool_that_floods_is_stopped(tmp_path: Path) -> None:
    flood = tool(tmp_path, "yes", limits=Limits(output=1 << 20))
    (run,) = (await analysis_of({"a.txt": "x\n"}, flood)).runs
    assert (run.outcome, run.reason) == (Outcome.FAILED, "wrote more than 1 MiB")


async def test_a_tool_that_hangs_is_stopped_with_its_children(tmp_path: Path) -> None:
    hanging = tool(tmp_path, "sleep 300 & sleep 300", limits=Limits(time=timedelta(seconds=0.3)))
    (run,) = (await analysis_of({"a.txt": "x\n"}, hanging)).runs
    assert (run.outcome, run.reason) == (Outcome.FAILED, "stopped after 0.3 s")


async def test_a_tool_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    # The limit is set from outside, right after the start: on the program itself and on what it starts later.
    hungry = tool(
        tmp_path, "sleep 0.2; python3 -c 'x = bytearray(1 << 30)' || exit 70", limits=Limits(memory=128 << 20)
    )
    (run,) = (await analysis_of({"a.txt": "x\n"}, hungry)).runs
    assert run.outcome is Outcome.FAILED


async def test_an_answer_that_can_not_be_read_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    (run,) = (await analysis_of({"a.txt": "x\n"}, tool(tmp_path, "echo no remark"))).runs
    assert (run.outcome, run.reason) == (Outcome.FAILED, "its answer can't be read")


async def test_what_a_failing_tool_says_can_not_forge_lines(tmp_path: Path) -> None:
    lying = tool(tmp_path, r"printf 'fine\033[2K\rall good' >&2; exit 9")
    (run,) = (await analysis_of({"a.txt": "x\n"}, lying)).runs
    assert run.reason == r"ended with 9: fine\x1b[2K\x0dall good" or "\x1b" not in run.reason


async def test_one_poisonous_file_costs_only_itself(tmp_path: Path) -> None:
    picky = tool(tmp_path, 'grep -q poison "$@" && exit 70\n' + SAYS_ONE_OF_EACH)
    files = {f"{number}.txt": "poison\n" if number == 13 else "fine\n" for number in range(20)}
    analysis = await analysis_of(files, picky)
    (run,) = analysis.runs
    assert run.outcome is Outcome.FAILED
    assert run.reason.endswith("; 1 file not looked at: 13.txt")
    assert {one.path for one in analysis.diagnostics} == files.keys() - {"13.txt"}
    assert set(analysis.looked_at) == files.keys() - {"13.txt"}


async def test_a_tool_that_always_fails_is_not_called_for_ever(tmp_path: Path) -> None:
    broken = tool(tmp_path, f'echo x >> "{tmp_path}/calls"; exit 70')
    await analysis_of({f"{number}.txt": "x\n" for number in range(200)}, broken)
    assert (tmp_path / "calls").read_text().count("x") <= 33


async def test_remarks_on_other_files_are_dropped_and_lines_are_put_inside_the_file(tmp_path: Path) -> None:
    odd = tool(tmp_path, 'echo "/etc/passwd:1:other"; echo "$1:0:whole file"; echo "$1:99:behind the end"')
    analysis = await analysis_of({"a.txt": "1\n2\n"}, odd)
    assert [(one.path, one.start_line) for one in analysis.diagnostics] == [("a.txt", 1), ("a.txt", 2)]


@dataclass
class Counting:
    """An analyser of our own that counts what it is given."""

    name: str = "counting"
    trust: Trust = Trust.OWN
    scope: Scope = Scope.FILE
    settings: str = ""
    reads_parts: bool = False
    seen: list[str] = field(default_factory=list)

    def version(self) -> str:
        return "1"

    def wants(self, file: AnalyzedFile) -> bool:
        return file.path.endswith(".txt")

    async def run(self, batch: Batch) -> list[Diagnostic]:
        self.seen += [file.path for file in batch.files]
        return [
            diagnosis(Place(file.path, 1, 1), tool=self.name, rule="r", message=f"m {file.path}", grade=NOTED)
            for file in batch.files
        ]


@pytest.fixture(params=["memory", "sqlite"])
async def cache(request: pytest.FixtureRequest, tmp_path: Path) -> KeyValueStore:
    return MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "cache.db")


async def ask(files: dict[str, str], analyzer: Analyzer, cache: KeyValueStore) -> tuple[Outcome, list[str]]:
    analysis = await analyse(analyzed(files), analyzers=[analyzer], cache=cache)
    if isinstance(cache, SqliteStore):
        await cache.close()
    return analysis.runs[0].outcome, [one.path for one in analysis.diagnostics]


async def test_unchanged_files_are_answered_from_the_cache(cache: KeyValueStore) -> None:
    counting = Counting()
    first = await ask({"a.txt": "a", "b\udcff.txt": "b"}, counting, cache)
    second = await ask({"a.txt": "a", "b\udcff.txt": "b"}, counting, cache)
    assert (first, second) == ((Outcome.RAN, first[1]), (Outcome.CACHED, first[1]))
    assert len(counting.seen) == 2


async def test_only_the_file_that_changed_is_looked_at_again(cache: KeyValueStore) -> None:
    counting = Counting()
    await ask({"a.txt": "a", "b.txt": "b"}, counting, cache)
    outcome, found = await ask({"a.txt": "a", "b.txt": "new"}, counting, cache)
    assert (outcome, found) == (Outcome.RAN, ["a.txt", "b.txt"])
    assert counting.seen == ["a.txt", "b.txt", "b.txt"]


@pytest.mark.parametrize("change", [{"settings": "x"}, {"name": "other"}])
async def test_other_settings_or_another_tool_is_another_question(change: dict[str, str], cache: KeyValueStore) -> None:
    await ask({"a.txt": "a"}, Counting(), cache)
    assert (await ask({"a.txt": "a"}, Counting(**change), cache))[0] is Outcome.RAN


async def test_the_same_content_under_another_path_is_another_question(cache: KeyValueStore) -> None:
    await ask({"a.txt": "a"}, Counting(), cache)
    assert (await ask({"c.txt": "a"}, Counting(), cache))[0] is Outcome.RAN


async def test_an_answer_about_a_whole_batch_is_kept_for_that_batch_only(cache: KeyValueStore) -> None:
    counting = Counting(scope=Scope.BATCH)
    await ask({"a.txt": "a", "b.txt": "b"}, counting, cache)
    assert (await ask({"b.txt": "b", "a.txt": "a"}, counting, cache))[0] is Outcome.CACHED
    assert (await ask({"a.txt": "a"}, counting, cache))[0] is Outcome.RAN


async def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    flaky = tool(tmp_path, f'[ -e "{tmp_path}/mended" ] || exit 70\n' + SAYS_ONE_OF_EACH)
    cache = MemoryStore()
    assert (await ask({"a.txt": "x\n"}, flaky, cache))[0] is Outcome.FAILED
    (tmp_path / "mended").touch()
    assert (await ask({"a.txt": "x\n"}, flaky, cache))[0] is Outcome.RAN


async def test_no_more_tools_work_at_a_time_than_allowed(tmp_path: Path) -> None:
    script = f'mkdir "{tmp_path}/busy" || echo "$1:1:two at once"; sleep 0.05; rmdir "{tmp_path}/busy"'
    tools = [tool(tmp_path, script, name=f"tool{number}") for number in range(4)]
    analysis = await analyse(analyzed({"a.txt": "x\n"}), analyzers=tools, cpu=Cpu(1))
    assert analysis.diagnostics == ()


async def test_a_mistake_in_our_own_code_costs_one_tool_only() -> None:
    class Mistaken(Counting):
        async def run(self, batch: Batch) -> list[Diagnostic]:
            raise KeyError(batch.files[0].path)

    analysis = await analysis_of({"a.txt": "x\n"}, Mistaken(name="mistaken"), Counting())
    assert [run.outcome for run in analysis.runs] == [Outcome.FAILED, Outcome.RAN]
    assert analysis.runs[0].reason == "failed inside Foureyes (KeyError)"


async def test_stopping_the_review_stops_the_tools(tmp_path: Path) -> None:
    hanging = tool(tmp_path, f'echo $$ > "{tmp_path}/pid"; exec sleep 300')
    task = asyncio.create_task(analysis_of({"a.txt": "x\n"}, hanging))
    await asyncio.to_thread(wait_for, tmp_path / "pid")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_running(tmp_path / "pid")


def wait_for(file: Path) -> None:
    for _ in range(1000):
        if file.exists() and file.read_text().strip():
            return
        time.sleep(0.01)
    raise TimeoutError(file)


def is_running(file: Path) -> bool:
    return Path("/proc", file.read_text().strip()).exists()
