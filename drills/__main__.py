"""`make drills`: run every drill, print what each counted, and end with 1 when a promise did not hold.

The short form takes minutes. `--full` is the size that GUARANTEES.md names, and takes hours.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine

from bench import machine
from drills import broker, crashes, database, drains, money, outages, points
from drills.tally import Tally, detail, table
from foureyes.kit import clock

Drill = Callable[[bool], Coroutine[None, None, Tally]]

DRILLS: dict[str, Drill] = {
    "api": crashes.api_killed,
    "worker": crashes.worker_killed,
    "points": points.killed_at_points,
    "embedded": crashes.embedded_killed,
    "stalled": crashes.worker_stopped,
    "poison": points.poison,
    "flush": broker.flushed,
    "redis": broker.killed,
    "postgres": database.restarted,
    "storm": crashes.restart_storm,
    "drain": drains.drained,
    "budget": money.budget_for_ten,
    "outage": outages.provider_away,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drills", description=__doc__)
    parser.add_argument("drills", nargs="*", metavar="DRILL", help=f"some of {', '.join(DRILLS)}; all by default")
    parser.add_argument("--full", action="store_true", help="the full size: hours")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.drills) - DRILLS.keys()):
        parser.error(f"there is no drill {unknown[0]!r}; those are {', '.join(DRILLS)}")
    print(machine.state(), flush=True)
    tallies = [_run(name, full=asked.full) for name in asked.drills or DRILLS]
    print(f"\n{table(tallies)}")
    return 0 if all(one.held for one in tallies) else 1


def _run(name: str, *, full: bool) -> Tally:
    print(f"\n{name}", flush=True)
    began = clock.steady()
    tally = asyncio.run(DRILLS[name](full))
    print(detail(tally), f"    ({clock.steady() - began:.0f} s in all)", sep="\n", flush=True)
    return tally


if __name__ == "__main__":
    sys.exit(main())
