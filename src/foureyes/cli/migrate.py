"""`foureyes migrate`: the tables of this version."""

import asyncio
from typing import Annotated

import typer

from foureyes.cli.deployment import DataDir, make_folder, server_settings
from foureyes.cli.say import say
from foureyes.cli.verbs import new_app
from foureyes.errors import MigrationNeededError
from foureyes.kit.database.address import store_address
from foureyes.kit.database.instance import held
from foureyes.kit.database.open import parsed_url
from foureyes.migrations.upgrade import current, upgrade, wanted
from foureyes.settings import Settings

app = new_app()


@app.command()
def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing: only say whether there is work.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring the database to the tables of this version.

    Safe to run twice at once, and while processes of the release before are at work on PostgreSQL. A SQLite file is
    copied first. `foureyes serve` does it by itself.
    """
    settings = server_settings(data_dir=data_dir)
    found = asyncio.run(current(store_address(settings)))
    if found >= wanted():
        say(f"The database is at version {found}: there is nothing to do.")
        return
    if check:
        raise MigrationNeededError(found, wanted())
    make_folder(settings)
    say(f"The database is at version {_migrated(settings)} now.")


def _migrated(settings: Settings) -> str:
    url = store_address(settings)
    if parsed_url(url).drivername.startswith("postgresql"):
        return asyncio.run(upgrade(url))
    # A server of the release before has the file open, and would write through tables that are made anew.
    with held(settings.data_dir):
        return asyncio.run(upgrade(url))
