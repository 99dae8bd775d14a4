"""The dry run as people read it: what would be asked, how much that is, what it would cost."""

from collections import Counter
from collections.abc import Iterator

from rich.text import Text

from foureyes.cli.reviewing import Planned
from foureyes.engine.plan import Plan, PlannedUnit
from foureyes.engine.reports.lines import safe, wrapped
from foureyes.engine.reports.summary import listed, money
from foureyes.kit.text import counted

_MOST_UNITS = 30
_MOST_PATHS = 6


def dry_run_lines(planned: Planned, width: int) -> Iterator[Text]:
    """The plan in lines of at most `width`."""
    change = planned.material.change
    if planned.plan is None:
        yield from _row(
            "No model would be asked, so nothing would be spent: only static analysers look.", width, "bold"
        )
        yield from _row(
            f"{counted(len(change.files), 'file')}, +{change.added:,} \N{MINUS SIGN}{change.removed:,}", width
        )
        return
    yield from _row(_headline(planned, planned.plan), width, "bold")
    yield from _row("This is the plan: nothing was spent.", width, "dim")
    if planned.assumed:
        yield from _row(f"Planned as for a small model. {planned.assumed}", width, "yellow")
    yield Text()
    for unit in planned.plan.units[:_MOST_UNITS]:
        yield from _unit(unit, width)
    if len(planned.plan.units) > _MOST_UNITS:
        yield from _row(f"  and {counted(len(planned.plan.units) - _MOST_UNITS, 'unit')} more", width, "dim")
    # By reason and not by name: a lock file or a folder of generated code would bury the plan.
    for reason, count in Counter(skip.reason for skip in planned.plan.skips).items():
        yield from _row(f"  {counted(count, 'file')} skipped: {reason}", width, "dim")
    for lost in planned.plan.unpackable:
        yield from _row(f"  {lost.path}, hunk {lost.hunk + 1}, would not be reviewed: {lost.reason}", width, "magenta")


def _headline(planned: Planned, plan: Plan) -> str:
    expected = plan.expected
    tokens = f"about {expected.input_tokens:,} tokens in and {expected.output_tokens:,} out"
    price = "price unknown" if planned.price is None else f"about {money(planned.price)}"
    calls = f"{counted(len(plan.units), 'unit')} in up to {counted(expected.calls, 'call')}"
    return f"{calls}, {tokens}: {price} with {planned.model}."


def _unit(unit: PlannedUnit, width: int) -> Iterator[Text]:
    why = f": {', '.join(unit.reasons)}" if unit.reasons else ""
    size = f"{unit.tokens:,} tokens, {counted(unit.passes, 'pass', 'passes')}, {unit.risk} risk{why}"
    words = Text.assemble(safe(listed(unit.paths, _MOST_PATHS)), ("  " + safe(size), "dim"))
    return wrapped(words, width=width, first=Text("  \N{MIDDLE DOT} "), rest=Text("    "))


def _row(text: str, width: int, style: str = "") -> Iterator[Text]:
    return wrapped(Text(safe(text), style), width=width, first=Text(), rest=Text("  "))
