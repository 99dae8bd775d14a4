"""What the bench runs on: absolute figures mean nothing without it."""

import os
import platform
import subprocess
from pathlib import Path


def _first(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "unknown")


def is_busy() -> bool:
    """Whether others use it so much that absolute figures are too high; ratios of one run still hold."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def state() -> str:
    """Cores, load, memory, kernel, Python and git, in one line each."""
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    processor = _first("/proc/cpuinfo", "model name")
    memory = _first("/proc/meminfo", "MemTotal")
    return "\n".join(
        (
            f"cores    {os.cpu_count()} ({processor})",
            f"load     {load} (1, 5, 15 minutes)",
            f"memory   {memory}",
            f"system   {platform.system()} {platform.release()}",
            f"python   {platform.python_version()}",
            f"git      {git.removeprefix('git version ')}",
        )
    )
