"""`foureyes api`: one of several API processes on PostgreSQL and Redis."""

from contextlib import suppress

from foureyes.cli.deployment import (
    DataDir,
    Host,
    Port,
    log_as_set,
    make_folder,
    refuse_embedded,
    server_settings,
    told_to_stop,
    unless_hurried,
)
from foureyes.cli.verbs import new_app
from foureyes.errors import DatabaseUnavailableError
from foureyes.kit.tracing import traced
from foureyes.migrations.upgrade import check
from foureyes.settings import Settings
from foureyes.web.app import create_app
from foureyes.web.compose import open_services
from foureyes.web.serve import open_port, run, serve

app = new_app()


@app.command()
def api(*, host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Run one API process. Any number may run, beside any number of workers.

    They share FOUREYES_DATABASE_URL (PostgreSQL), FOUREYES_REDIS_URL and FOUREYES_SECRET_KEY. It makes no tables:
    `foureyes migrate` does. `foureyes serve` needs none of this and runs everything in one process.
    """
    settings = server_settings(data_dir=data_dir, host=host, port=port)
    refuse_embedded(settings, "api")
    make_folder(settings)
    log_as_set(settings)
    with traced(settings, "foureyes-api"):
        run(_api(settings))


async def _api(settings: Settings) -> None:
    with open_port(settings.host, settings.port) as listener:
        async with open_services(settings) as services:
            # A database that is away may come back, and readiness says so; tables of another version will not mend
            # themselves.
            with suppress(DatabaseUnavailableError):
                await check(services.database)
            with told_to_stop() as told:
                answering = serve(create_app(services), listener, told.stopping, grace=settings.grace)
                await unless_hurried(told, answering)
