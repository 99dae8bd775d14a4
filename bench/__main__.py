"""`make bench`: print every row, with the state of the machine; end with 1 when one is over its budget."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import (
    bench_analysers,
    bench_cached,
    bench_cli,
    bench_diff,
    bench_git,
    bench_history,
    bench_intake,
    bench_reviews,
    bench_sockets,
    bench_tokens,
    machine,
    table,
)
from bench.rows import Row

SECTIONS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "cli": bench_cli.rows,
    "diff": bench_diff.rows,
    "git": bench_git.rows,
    "tokens": bench_tokens.rows,
    "analysers": bench_analysers.rows,
    "sockets": bench_sockets.rows,
    "history": bench_history.rows,
    "intake": bench_intake.rows,
    "reviews": bench_reviews.rows,
    "cached": bench_cached.rows,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"some of {', '.join(SECTIONS)}; all by default")
    chosen = parser.parse_args().sections or list(SECTIONS)
    if unknown := sorted(set(chosen) - SECTIONS.keys()):
        parser.error(f"there is no section {unknown[0]!r}; those are {', '.join(SECTIONS)}")
    print(machine.state(), "\nfigures  least / median / most of the rounds", sep="\n")
    if machine.is_busy():
        print("the machine is busy: figures are too high, ratios still hold")
    print()
    over = 0
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="foureyes-bench-") as folder:
            for row in SECTIONS[name](Path(folder)):
                print(table.written(row), flush=True)
                over += row.over
    print(f"\n{over} over budget" if over else "\nall within budget")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
