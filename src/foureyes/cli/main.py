"""The program `foureyes`."""

from typing import Annotated

import typer

from foureyes import __version__
from foureyes.cli.edge import edge
from foureyes.cli.exits import SENTENCE
from foureyes.cli.verbs import VERBS, LazyVerb, new_app

app = new_app(
    name="foureyes",
    help="Reviews a change with static analysers and, where you set one, a language model. Every remark is checked "
    "against the code before you see it.",
    epilog=SENTENCE,
    completion=True,
)


def _verb() -> None:
    """What a verb does is in its own module."""


for _name, _help in VERBS.items():
    app.command(_name, cls=LazyVerb, help=_help)(_verb)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"foureyes {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the program with the arguments of the process; it ends with an exit code."""
    with edge():
        app(prog_name="foureyes")
