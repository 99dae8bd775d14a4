"""What each analyser costs to start and for each further file: the numbers behind ADR 0011.

`python -m bench.tiers` prints one line for each: wall and CPU milliseconds, the least of five rounds.
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass

from foureyes.analyzers.port import AnalyzedFile, Analyzer, Trust
from foureyes.analyzers.registry import ANALYZERS, DEFAULT
from foureyes.analyzers.runner import analyse
from foureyes.code.languages import language_of

ROUNDS = 5
MANY = 40

SAMPLES = {
    "app.py": "".join(f"def f{number}(first, second):\n    return first + second\n\n\n" for number in range(40)),
    "app.js": "".join(f"export function f{number}(a, b) {{\n  return a + b;\n}}\n\n" for number in range(40)),
    "run.sh": "#!/bin/sh\nset -eu\n" + 'if [ -f "$1" ]; then\n  cat "$1"\nfi\n' * 10,
    "Dockerfile": "FROM alpine:3.20\nWORKDIR /app\nCOPY . .\nRUN apk add --no-cache curl && curl --version\n",
    ".github/workflows/ci.yml": "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
    + "      - run: echo a\n" * 10,
    "README.md": "# Title\n\n" + "Some words in a line.\n" * 150,
    "main.c": "".join(f"int f{number}(int a) {{\n  return a + 1;\n}}\n\n" for number in range(40)),
    "a.yaml": "".join(f"key{number}: value\n" for number in range(150)),
    "main.tf": 'resource "null_resource" "a" {\n  count = 1\n}\n' * 40,
    "a.sql": "SELECT a FROM b WHERE c = 1;\n" * 150,
    "package.json": '{"dependencies": {"a": "^1.0"}}\n',
}
"""A clean file of about 150 lines for each kind: what a tool says would cost extra."""


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    cpu: float


def _used() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _once(analyzer: Analyzer, files: Sequence[AnalyzedFile]) -> Cost:
    wall, cpu = time.perf_counter(), _used()
    asyncio.run(analyse(files, analyzers=[analyzer]))
    return Cost(time.perf_counter() - wall, _used() - cpu)


def cost(analyzer: Analyzer, files: Sequence[AnalyzedFile]) -> Cost:
    rounds = [_once(analyzer, files) for _ in range(ROUNDS)]
    return Cost(min(one.wall for one in rounds), min(one.cpu for one in rounds))


def copies(path: str, count: int) -> list[AnalyzedFile]:
    """One file, or many that differ in path only; some tools know their files by directory and name."""
    directory, slash, name = path.rpartition("/")
    places = [f"{directory}{slash}{number}-{name}" if slash else f"{number}/{name}" for number in range(1, count)]
    return [AnalyzedFile(place, SAMPLES[path].encode(), language_of(place)) for place in (path, *places)]


def main() -> None:
    print(f"{'analyser':14}{'tier':12}{'one file: wall':>16}{'CPU ms':>9}{'each further: CPU ms':>22}")
    for name, analyzer in ANALYZERS.items():
        wanted = [path for path in SAMPLES if any(map(analyzer.wants, copies(path, 1)))]
        if analyzer.trust is Trust.EXECUTES or analyzer.version() is None or not wanted:
            continue
        one, many = cost(analyzer, copies(wanted[0], 1)), cost(analyzer, copies(wanted[0], MANY))
        tier = "default" if name in DEFAULT else "on request"
        further = (many.cpu - one.cpu) / (MANY - 1)
        print(f"{name:14}{tier:12}{one.wall * 1000:>13.0f} ms{one.cpu * 1000:>9.0f}{further * 1000:>22.2f}")


if __name__ == "__main__":
    main()
