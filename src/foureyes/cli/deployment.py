"""What the verbs of a server share: their options and settings, and a process that ends well when it is told to."""

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from foureyes.cli.compose import settings_of
from foureyes.errors import SettingError
from foureyes.settings import Settings

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOCAL = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104  # Compared with, not listened on.


@dataclass(frozen=True, slots=True)
class Told:
    """Set when the process is told to stop: `stopping` by the first signal, `hurry` by the second."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="The server's folder, instead of FOUREYES_DATA_DIR.",
        show_default=False,
        file_okay=False,
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="Listen on this address, instead of FOUREYES_HOST (127.0.0.1).",
        show_default=False,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        metavar="NUMBER",
        min=0,
        max=65535,
        help="Listen on this port, instead of FOUREYES_PORT (8000).",
        show_default=False,
    ),
]


def server_settings(*, data_dir: Path | None = None, host: str | None = None, port: int | None = None) -> Settings:
    """The operator's settings, with what the command line says instead.

    Raises:
        SettingError: a variable of the environment holds what can't be used.
    """
    given = {"data_dir": data_dir and data_dir.absolute(), "host": host, "port": port}
    return settings_of().model_copy(update={name: value for name, value in given.items() if value is not None})


def make_folder(settings: Settings) -> None:
    """Have the data folder, for this user alone like every file that this process makes from now on.

    Raises:
        SettingError: it can't be made, or nothing can be written there.
    """
    os.umask(0o077)
    folder = settings.data_dir
    fix = "choose a folder of yours, here or with --data-dir"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise SettingError("FOUREYES_DATA_DIR", f"{folder} can't be made ({exc.strerror}): {fix}") from exc
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingError("FOUREYES_DATA_DIR", f"{folder} can't be written: {fix}")


def refuse_embedded(settings: Settings, verb: str) -> None:
    """Nothing where several processes can share a database and a broker.

    Raises:
        SettingError: one of the two addresses is missing; what one process keeps to itself, another never sees.
    """
    from foureyes.kit.database.address import store_address  # noqa: PLC0415  # Loads SQLAlchemy, which `--help` needs not.
    from foureyes.kit.database.open import parsed_url  # noqa: PLC0415

    alone = "One process alone, `foureyes serve`, needs neither"
    if not parsed_url(store_address(settings)).drivername.startswith("postgresql"):
        raise SettingError(
            "FOUREYES_DATABASE_URL",
            f"`foureyes {verb}` shares its work with other processes, for which SQLite is not made: set it to "
            f"postgresql+asyncpg://USER:PASSWORD@HOST/NAME, and FOUREYES_REDIS_URL. {alone}",
        )
    if settings.redis_url is None:
        raise SettingError(
            "FOUREYES_REDIS_URL",
            f"`foureyes {verb}` speaks to other processes through Redis: set it to redis://HOST:6379/0. {alone}",
        )


def address_of(settings: Settings, port: int) -> str:
    """Where a person reaches a server that listens on `port`."""
    if settings.public_url is not None:
        return settings.public_url
    host = "localhost" if settings.host in _LOCAL else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def log_as_set(settings: Settings) -> None:
    """Have this process log in the form that the settings ask for, without secrets."""
    from foureyes.analyzers.secrets import mask  # noqa: PLC0415
    from foureyes.kit.logging import configure_logging  # noqa: PLC0415

    configure_logging(settings, mask=mask)


async def together(told: Told, *parts: Coroutine[None, None, None]) -> None:
    """Run the parts of a server until all have ended: when one ends, or fails, the others are told to stop.

    Raises:
        Exception: what the first part that failed has raised.
    """
    tasks = [asyncio.ensure_future(part) for part in parts]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    told.stopping.set()
    await asyncio.gather(*tasks)


async def unless_hurried(told: Told, answering: Coroutine[None, None, None]) -> None:
    """Answer until told to stop, and finish what was begun; the second signal drops even that."""
    task = asyncio.ensure_future(answering)
    hurried = asyncio.ensure_future(told.hurry.wait())
    await asyncio.wait({task, hurried}, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        return
    await task


@contextmanager
def told_to_stop() -> Iterator[Told]:
    """What SIGTERM and Ctrl-C set inside: the first one `stopping`, the second `hurry`; a third ends the process."""
    loop = asyncio.get_running_loop()
    told = Told()

    def stop() -> None:
        if told.stopping.is_set():
            told.hurry.set()
            _let_signals_end_us(loop)
        told.stopping.set()

    for one in _SIGNALS:
        loop.add_signal_handler(one, stop)
    try:
        yield told
    finally:
        _let_signals_end_us(loop)


def _let_signals_end_us(loop: asyncio.AbstractEventLoop) -> None:
    for one in _SIGNALS:
        loop.remove_signal_handler(one)
        # Python's own handler for Ctrl-C raises wherever the loop happens to be, and is not heard while it is busy.
        signal.signal(one, signal.SIG_DFL)
