"""The default set of analysers on a few files, on many, and on files that have not changed, beside ruff alone."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import samples
from bench.programs import run
from bench.rows import Row, Spread, seconds, side_by_side
from foureyes.analyzers.port import Analysis, AnalyzedFile, Outcome
from foureyes.analyzers.registry import chosen
from foureyes.analyzers.runner import analyse
from foureyes.code.languages import language_of
from foureyes.kit import clock, process
from foureyes.kit.keyvalue import SqliteStore
from foureyes.kit.text import counted


def rows(folder: Path) -> Iterator[Row]:
    few = _files(samples.modules(3, 3 * 200), folder / "few")
    many = _files(samples.modules(95, 61_000), folder / "many")
    yield _row("analysers, 3 files", few, folder / "few", budget=0.15, rounds=7)
    yield _row("analysers, 95 files", many, folder / "many", budget=0.6, rounds=3)
    yield _unchanged(few, folder)


def _row(work: str, files: Sequence[AnalyzedFile], folder: Path, *, budget: float, rounds: int) -> Row:
    ruff = [process.program("ruff") or "ruff", "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "."]
    analysis = asyncio.run(analyse(files, analyzers=chosen()))
    ours, floor = side_by_side(
        lambda: seconds(lambda: asyncio.run(analyse(files, analyzers=chosen()))),
        lambda: run(ruff, cwd=folder).wall,
        rounds=rounds,
    )
    return Row(work, "s", ours, budget, floor, "ruff alone", notes=_notes(files, analysis))


def _unchanged(files: Sequence[AnalyzedFile], folder: Path) -> Row:
    async def again() -> Spread:
        store = SqliteStore(folder / "cache.db")
        await analyse(files, analyzers=chosen(), cache=store)
        rounds: list[float] = []
        for _ in range(20):
            began = clock.steady()
            await analyse(files, analyzers=chosen(), cache=store)
            rounds.append(clock.steady() - began)
        await store.close()
        return Spread.of(rounds)

    return Row("analysers, 3 unchanged files", "s", asyncio.run(again()), 0.005)


def _files(modules: Sequence[Path], folder: Path) -> list[AnalyzedFile]:
    folder.mkdir()
    files: list[AnalyzedFile] = []
    for number, module in enumerate(modules):
        name, content = f"m{number:02}_{module.name}", module.read_bytes()
        (folder / name).write_bytes(content)
        files.append(AnalyzedFile(name, content, language_of(name, content[:200])))
    return files


def _notes(files: Sequence[AnalyzedFile], analysis: Analysis) -> tuple[str, ...]:
    lines = sum(file.content.count(b"\n") for file in files)
    ran = [f"{one.tool} {one.seconds:.2f} s" for one in analysis.runs if one.outcome is Outcome.RAN]
    others = [f"{one.tool} {one.outcome} ({one.reason})" for one in analysis.runs if one.outcome is not Outcome.RAN]
    assert ran, "no analyser ran: nothing was measured"
    said = f"{counted(lines, 'line')}, {counted(len(analysis.diagnostics), 'diagnostic')}"
    return (f"{said}; {', '.join(ran)}", *([f"not run: {', '.join(others)}"] if others else []))
