"""`foureyes backup`: the database in one file, as it is at one moment."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from foureyes.cli.deployment import DataDir, server_settings
from foureyes.cli.say import say
from foureyes.cli.verbs import new_app
from foureyes.kit.database.address import store_address
from foureyes.kit.database.backup import backup as write_backup

app = new_app()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.", show_default=False)],
    *,
    data_dir: DataDir = None,
) -> None:
    """Write the whole database to one file, while the server goes on.

    Accounts, reviews and sources are in it. Clones and caches are not: they can be had again.
    """
    asyncio.run(write_backup(store_address(server_settings(data_dir=data_dir)), file))
    say(f"{file} is written, {file.stat().st_size / (1 << 20):.1f} MiB: `foureyes restore {file}` brings it back.")
