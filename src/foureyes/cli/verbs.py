"""The verbs by name, each imported only when it is called, so that `foureyes --help` starts at once."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

VERBS = {
    "review": "Review a change: working tree, commit, range, patch or files.",
    "fix": "Apply suggestions of the last review, or take them back.",
    "explain": "Say why a finding was made, or why a candidate was not said.",
    "debug": "Find the cause of an error from its traceback, and a patch.",
    "map": "Map the architecture: imports, cycles, sizes, hotspots.",
    "doctor": "Check what Foureyes needs, and say what is missing.",
    "config": "Show, check or begin the configuration.",
    "rules": "List the structural rules, or test your own.",
    "cache": "Look at the cache, or empty it.",
    "serve": "Run the server: API and worker in one process.",
    "api": "Run one of several API processes.",
    "worker": "Run one of several worker processes.",
    "migrate": "Bring the server's database to this version.",
    "admin": "Look after accounts and the queue of a server.",
    "backup": "Write the server's database to one file.",
    "restore": "Bring the server's database back from a backup.",
    "version": "Print the version.",
}


def new_app(
    *,
    name: str | None = None,
    help: str | None = None,  # noqa: A002  # Typer's own name.
    epilog: str | None = None,
    completion: bool = False,
) -> typer.Typer:
    """A typer application in the style of this program: plain help, errors left to the edge."""
    return typer.Typer(
        name=name,
        help=help,
        epilog=epilog,
        no_args_is_help=True,
        add_completion=completion,
        # Rich would be imported and draw panels for every --help, at twice its time.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


class LazyVerb(TyperCommand):
    """Stands for a verb in the help; its module, which holds `app`, is imported when the verb is called."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Handed on as they come.
        """The context of the real command, which then runs in place of this one."""
        # The verb's own parser takes over before anything is parsed, so that its options need no copy here.
        verb = import_module(f"foureyes.cli.{self.name}")
        return get_command(verb.app).make_context(*args, **kwargs)
