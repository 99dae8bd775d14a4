"""What a process and those that it started use, as the kernel counts it."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Footprint:
    """`memory` is in bytes, pages that processes share counted once; `cpu` in seconds, ended children included."""

    memory: int
    cpu: float


def footprint(pid: int) -> Footprint:
    """Of `pid` and all that live below it. Raises FileNotFoundError when there is no such process."""
    memory, cpu = _memory(pid), _cpu(pid)
    for child in children(pid):
        # Tools come and go while this is read; their seconds are their parent's by then.
        with suppress(OSError):
            below = footprint(child)
            memory, cpu = memory + below.memory, cpu + below.cpu
    return Footprint(memory, cpu)


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def _memory(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu(pid: int) -> float:
    # The name in brackets may hold anything; the fields are those of proc_pid_stat(5), from the third one on.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS
