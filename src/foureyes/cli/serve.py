"""`foureyes serve`: everything in one process, with nothing to install beside it."""

import json

from foureyes.accounts.repository.users import is_first
from foureyes.cli.deployment import (
    DataDir,
    Host,
    Port,
    address_of,
    log_as_set,
    make_folder,
    server_settings,
    together,
    told_to_stop,
    unless_hurried,
)
from foureyes.cli.say import write_out
from foureyes.cli.verbs import new_app
from foureyes.cli.working import work
from foureyes.kit.database.address import FILE, store_address
from foureyes.kit.database.instance import held
from foureyes.kit.tracing import traced
from foureyes.migrations.upgrade import upgrade
from foureyes.models.reviews import ReviewKind
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.app import create_app
from foureyes.web.compose import open_services
from foureyes.web.serve import open_port, run
from foureyes.web.serve import serve as answer

app = new_app()


@app.command()
def serve(*, host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Run the whole server in this process: API, worker, database, queue.

    What it keeps is in the data folder: one SQLite file, clones, the key that signs. The file's tables are brought to
    this version at the start. SIGTERM or Ctrl-C lets it finish what it has begun; a second one ends it at once.
    """
    settings = server_settings(data_dir=data_dir, host=host, port=port)
    make_folder(settings)
    log_as_set(settings)
    with traced(settings, "foureyes-serve"):
        run(_serve(settings))


async def _serve(settings: Settings) -> None:
    # First of all: a second server on the same data is told so, and not that a port is in use.
    with held(settings.data_dir), open_port(settings.host, settings.port) as listener:
        await upgrade(store_address(settings))
        async with open_services(settings) as services:
            greeting = await _greeting(services, listener.getsockname()[1])
            with told_to_stop() as told:
                answering = answer(
                    create_app(services),
                    listener,
                    told.stopping,
                    grace=settings.grace,
                    on_start=lambda: write_out(greeting),
                )
                # Others may be at work where the database is one that can be shared.
                alone = settings.database_url is None
                working = work(services, told, kinds=list(ReviewKind), alone=alone)
                await together(told, unless_hurried(told, answering), working)


async def _greeting(services: Services, port: int) -> str:
    """Where the server is, where it keeps things, and how to come in."""
    settings = services.settings
    address = address_of(settings, port)
    kept = settings.data_dir if settings.database_url is None else "the database of FOUREYES_DATABASE_URL"
    lines = [
        f"Foureyes is at {address} (what can be asked of it: {address}/api/openapi.json)",
        f"Data: {kept}{f' ({FILE})' if settings.database_url is None else ''}",
        f"Model: {settings.model or 'none, so only static analysers review; set FOUREYES_MODEL to PROVIDER:NAME'}",
        *(await _way_in(services, address)),
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines) + "\n"


async def _way_in(services: Services, address: str) -> list[str]:
    if not await services.database.read(is_first):
        return [f"Log in: POST {address}/api/auth/login with your e-mail address and password."]
    account = json.dumps({"email": "you@example.org", "password": "correct horse battery"})
    return [
        "Nobody has an account yet. Make the first one, which is the operator's:",
        f"  curl {address}/api/auth/register -H 'Content-Type: application/json' -d '{account}'",
    ]
