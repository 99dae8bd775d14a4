"""Rows as text."""

from bench.rows import Row, Spread

_FORMS = {
    "s": "{:.3f}",
    "MB": "{:.0f}",
    "KB": "{:.1f}",
    "tokens": "{:,.0f}",
    "calls": "{:.0f}",
    "%": "{:.1f}",
    "ms": "{:.2f}",
    "a second": "{:,.0f}",
    "reviews": "{:,.0f}",
}


def written(row: Row) -> str:
    """One row: the work and the verdict on a line, then figures, floor and peer below it."""
    verdict = "" if row.budget is None else "OVER" if row.over else "ok"
    budget = (
        "" if row.budget is None else f"  budget {'at least ' if row.at_least else ''}{_figure(row.budget, row.unit)}"
    )
    lines = [f"{row.work}: {_spread(row.measured, row.unit)}{budget}  {verdict}".rstrip()]
    if row.floor is not None:
        ratio = f"{row.ratio:.1f} x " if row.ratio is not None else ""
        lines.append(f"    {ratio}the floor ({row.floor_name}): {_spread(row.floor, row.unit)}")
    if row.peer is not None:
        share = row.measured.median / row.peer.median
        lines.append(f"    {share:.2f} x the peer ({row.peer_name}): {_spread(row.peer, row.unit)}")
    return "\n".join(lines + [f"    {note}" for note in row.notes])


def _figure(value: float, unit: str) -> str:
    return f"{_FORMS[unit].format(value)} {unit}"


def _spread(spread: Spread, unit: str) -> str:
    form = _FORMS[unit]
    if spread.low == spread.high:
        return _figure(spread.median, unit)
    return f"{form.format(spread.low)} / {form.format(spread.median)} / {form.format(spread.high)} {unit}"
