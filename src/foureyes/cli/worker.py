"""`foureyes worker`: one of several worker processes on PostgreSQL and Redis."""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Annotated

import typer

from foureyes.cli.deployment import (
    DataDir,
    Host,
    log_as_set,
    make_folder,
    refuse_embedded,
    server_settings,
    together,
    told_to_stop,
    unless_hurried,
)
from foureyes.cli.verbs import new_app
from foureyes.cli.working import work
from foureyes.errors import DatabaseUnavailableError, UsageError
from foureyes.kit.tracing import traced
from foureyes.migrations.upgrade import check
from foureyes.models.reviews import ReviewKind
from foureyes.settings import Settings
from foureyes.web.beside import create_beside
from foureyes.web.compose import open_services
from foureyes.web.serve import open_port, run, serve

app = new_app()


@app.command()
def worker(
    *,
    kinds: Annotated[
        str,
        typer.Option("--kinds", metavar="KIND,...", help="Carry out these kinds of reviews alone.", show_default=False),
    ] = ",".join(ReviewKind),
    metrics_port: Annotated[
        int | None,
        typer.Option(
            "--metrics-port",
            metavar="NUMBER",
            min=0,
            max=65535,
            help="Answer /healthz, /readyz and /metrics on this port.",
            show_default=False,
        ),
    ] = None,
    host: Host = None,
    data_dir: DataDir = None,
) -> None:
    """Run one worker process. Any number may run, beside any number of API processes.

    SIGTERM lets it finish what it has begun for FOUREYES_GRACE; the rest is given back at once, and another worker
    goes on with it.
    """
    settings = server_settings(data_dir=data_dir, host=host)
    chosen = _kinds(kinds)
    refuse_embedded(settings, "worker")
    make_folder(settings)
    log_as_set(settings)
    with traced(settings, "foureyes-worker"):
        run(_work(settings, chosen, metrics_port))


def _kinds(listed: str) -> list[ReviewKind]:
    words = [word.strip() for word in listed.split(",") if word.strip()]
    unknown = [word for word in words if word not in set(ReviewKind)]
    if unknown or not words:
        known = ", ".join(ReviewKind)
        raise UsageError(f"--kinds: {', '.join(unknown) or 'nothing'} is no kind of review: choose from {known}.")
    return [ReviewKind(word) for word in words]


async def _work(settings: Settings, kinds: Sequence[ReviewKind], metrics_port: int | None) -> None:
    with ExitStack() as stack:
        # Taken before anything begins, so that a port in use stops the start and not the work.
        listener = None
        if metrics_port is not None:
            listener = stack.enter_context(open_port(settings.host, metrics_port))
        async with open_services(settings) as services:
            with suppress(DatabaseUnavailableError):
                await check(services.database)
            told = stack.enter_context(told_to_stop())
            parts = [work(services, told, kinds=kinds, alone=False)]
            if listener is not None:
                parts.append(unless_hurried(told, serve(create_beside(services), listener, told.stopping)))
            await together(told, *parts)
