"""The command line: its start, and a review of 500 changed lines in two rounds with a model that answers after 1 s."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import samples
from bench.programs import run
from bench.reviewing import PROGRAM, Reviewed, introduced, reviewed
from bench.rows import Row, Spread, side_by_side
from bench.stand_in import StandIn, serving

LATENCY = 1.0
LINES = 500
ROUNDS = 5


def rows(folder: Path) -> Iterator[Row]:
    yield _start(folder)
    with serving(LATENCY) as model:
        yield from _review(folder, model)


def _start(folder: Path) -> Row:
    floor = [sys.executable, "-c", "pass"]
    ours, least = side_by_side(
        lambda: run([PROGRAM, "--help"], cwd=folder).wall, lambda: run(floor, cwd=folder).wall, rounds=15
    )
    return Row("command line, --help", "s", ours, 0.25, least, "python -c pass")


def _review(folder: Path, model: StandIn) -> Iterator[Row]:
    home = samples.repository(folder / "change", samples.change(files=8, added=LINES))
    known = introduced(model, folder)
    runs: list[Reviewed] = []
    for number in range(ROUNDS + 1):
        model.prompts.clear()
        runs.append(reviewed(home, model, shutil.copytree(known, folder / f"cache-{number}")))
    calls, document = len(model.prompts), runs[-1].document
    notes = (
        f"{calls} model calls, {len(document['findings'])} findings, verdict {document['verdict']}",
        f"stages: {', '.join(f'{name} {took:.2f} s' for name, took in document['stages'].items())}",
    )
    wall, cpu, memory = zip(*((one.run.wall, one.run.cpu, one.run.memory / 1e6) for one in runs[1:]), strict=True)
    floor = Spread.of([2 * LATENCY])
    work = f"command line, {LINES} changed lines, two rounds"
    yield Row(work, "s", Spread.of(wall), 2.8, floor, "two waits for the model", notes=notes)
    sdk = [sys.executable, "-c", "import httpx2, pydantic_ai.direct, pydantic_ai.models.openai"]
    imports = Spread.of([run(sdk, cwd=folder).cpu for _ in range(ROUNDS)])
    name = "importing the client of the model, and nothing else"
    yield Row("    its processor time, tools included", "s", Spread.of(cpu), 0.8, imports, name)
    yield Row("    its largest process", "MB", Spread.of(memory), 150)
