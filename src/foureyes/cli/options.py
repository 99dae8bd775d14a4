"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

Cwd = Annotated[
    Path | None,
    typer.Option(
        "--cwd", "-C", metavar="DIR", help="Work in this directory instead of the present one.", show_default=False
    ),
]

Model = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="PROVIDER:NAME", help="The model to ask, instead of FOUREYES_MODEL.", show_default=False
    ),
]
NoModel = Annotated[bool, typer.Option("--no-model", help="Ask no model: only static analysis.")]


# A budget of nothing would end each run as incomplete, which nobody means who types it.
def _above_nothing(dollars: float | None) -> float | None:
    if dollars is not None and dollars <= 0:
        raise typer.BadParameter("must be above 0; --no-model spends nothing")
    return dollars


MaxCost = Annotated[
    float | None,
    typer.Option(
        "--max-cost",
        metavar="DOLLARS",
        help="What this run may cost at most.",
        show_default=False,
        callback=_above_nothing,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the report to a file instead of stdout.", show_default=False
    ),
]
