"""Write the migration from the newest one to the models as they are; read it before you commit it."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import NullPool, create_engine

from foureyes.migrations.upgrade import HERE, alembic_config, upgrade


def write(message: str, *, folder: Path = HERE) -> None:
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{Path(place) / 'store.sqlite'}"
        newest = asyncio.run(upgrade(url, folder=folder))
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            command.revision(
                alembic_config(connection, folder),
                message,
                autogenerate=True,
                rev_id=f"{int(newest) + 1:04}",
                head=newest,
            )
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.write_migration", description=__doc__)
    parser.add_argument("message", help="what it does, as a few words")
    write(parser.parse_args().message)


if __name__ == "__main__":
    main()
