"""`foureyes restore`: the database as a backup knows it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from foureyes.cli.deployment import DataDir, make_folder, server_settings
from foureyes.cli.say import say
from foureyes.cli.verbs import new_app
from foureyes.kit.database.address import store_address
from foureyes.kit.database.backup import restore as bring_back
from foureyes.migrations.upgrade import current, wanted

app = new_app()


@app.command()
def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What `foureyes backup` wrote.", show_default=False, dir_okay=False)
    ],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a database that is there already.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring back what `foureyes backup` wrote: all of it, or nothing. Stop the server before.

    A SQLite file that --force replaces is kept beside it, with `.replaced` behind its name.
    """
    settings = server_settings(data_dir=data_dir)
    make_folder(settings)
    url = store_address(settings)
    asyncio.run(bring_back(url, file, force=force))
    found = asyncio.run(current(url))
    older = "" if found >= wanted() else f" It is of an older release (version {found}): run `foureyes migrate`."
    say(f"The database is what it was when {file} was written.{older}")
