"""The bench judges rightly, and what it works on is real code of the size that it says."""

import ast
import shutil
from pathlib import Path

import pytest

from bench import samples, table
from bench.programs import git, run
from bench.rows import Row, Spread, side_by_side

FLOOR = Spread.of([0.1, 0.2, 0.3])


def a_row(measured: float, budget: float | None = 1.0, floor: Spread | None = FLOOR) -> Row:
    return Row("work", "s", Spread.of([measured]), budget, floor, "the least code")


def test_a_spread_has_the_least_the_middle_and_the_most() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(1.0, 2.0, 3.0)


@pytest.mark.parametrize(("measured", "over"), [(0.9, False), (1.0, False), (1.1, True)])
def test_a_row_is_over_when_its_median_is(measured: float, over: bool) -> None:
    assert a_row(measured).over is over


def test_a_row_without_a_budget_is_never_over() -> None:
    assert not a_row(99.0, budget=None).over


def test_a_ratio_is_taken_to_the_floor_of_the_same_run() -> None:
    assert a_row(0.8).ratio == pytest.approx(4.0)
    assert a_row(0.8, floor=None).ratio is None
    assert a_row(0.8, floor=Spread.of([0.0])).ratio is None


def test_a_row_is_written_with_budget_ratio_and_verdict() -> None:
    assert table.written(a_row(0.8)).splitlines() == [
        "work: 0.800 s  budget 1.000 s  ok",
        "    4.0 x the floor (the least code): 0.100 / 0.200 / 0.300 s",
    ]
    assert table.written(a_row(1.8)).splitlines()[0].endswith("OVER")


def test_the_first_round_is_thrown_away() -> None:
    told = iter([100.0, 1.0, 2.0, 3.0])
    assert side_by_side(lambda: next(told), rounds=3) == [Spread(1.0, 2.0, 3.0)]


def test_a_run_tells_time_processor_and_memory(tmp_path: Path) -> None:
    result = run([shutil.which("git") or "git", "--version"], cwd=tmp_path)
    assert result.code == 0
    assert result.stdout.startswith(b"git version")
    assert result.wall > 0
    assert result.memory > 100_000


def test_modules_have_about_the_size_that_was_asked_for() -> None:
    modules = samples.modules(10, 3000)
    assert len(modules) == 10
    assert sum(map(samples.lines_of, modules)) == pytest.approx(3000, rel=0.1)


def test_functions_are_taken_whole_and_the_rest_still_parses() -> None:
    source = "import os\n\n\ndef one():\n    return 1\n\n\n@os.fspath\ndef two():\n    return 2\n"
    before, taken = samples.without_functions(source, 3)
    assert taken == 3
    assert [node.name for node in ast.parse(before).body if isinstance(node, ast.FunctionDef)] == ["one"]


def test_a_change_adds_about_as_many_lines_as_asked_and_is_the_same_every_time() -> None:
    before, after = samples.change(files=4, added=200)
    added = sum(text.count("\n") for text in after.values()) - sum(text.count("\n") for text in before.values())
    assert len(after) == 4
    assert added == pytest.approx(200, rel=0.2)
    assert samples.change(files=4, added=200) == (before, after)


def test_a_repository_has_one_commit_for_each_version(tmp_path: Path) -> None:
    home = samples.repository(tmp_path / "home", [{"a.py": "a = 1\n"}, {"a.py": "a = 2\n", "b/c.py": "c = 3\n"}])
    assert git("log", "--format=%s", cwd=home).split(b"\n")[:2] == [b"version 1", b"version 0"]
    assert git("diff", "--name-only", "HEAD~1", cwd=home).split() == [b"a.py", b"b/c.py"]
