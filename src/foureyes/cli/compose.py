"""Where the program is put together: settings, the checkout, the cache, the door to models."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import typer

from foureyes.cli.exits import ExitCode
from foureyes.cli.say import say
from foureyes.errors import StoreError, UsageError
from foureyes.kit.keyvalue import MemoryStore, SqliteStore
from foureyes.llm.calls import Models
from foureyes.llm.compose import open_asker
from foureyes.llm.port import MemoryLedger
from foureyes.settings import Settings, load_settings

T = TypeVar("T")
Store = MemoryStore | SqliteStore


def settings_of() -> Settings:
    """The operator's settings.

    Raises:
        SettingError: a variable of the environment holds what can't be used.
    """
    return load_settings()


def directory_of(cwd: Path | None) -> Path:
    """The directory to work in.

    Raises:
        UsageError: there is none of that name.
    """
    directory = (cwd or Path()).absolute()
    if not directory.is_dir():
        raise UsageError(f"{directory} is not a directory: pass one to --cwd that exists.")
    return directory


def checkout_of(cwd: Path | None) -> Path:
    """The folder of the repository around the directory to work in; that directory itself where there is none."""
    directory = directory_of(cwd)
    # Not asked of git: `fix` and `explain` must find the stored review on a machine, or in a copy, without it.
    # A `.git` that is a file marks a worktree or a submodule, which has reviews of its own.
    return next((folder for folder in (directory, *directory.parents) if (folder / ".git").exists()), directory)


@asynccontextmanager
async def open_store(settings: Settings, *, use_cache: bool = True) -> AsyncIterator[Store]:
    """The cache of answers and analyses; one that ends with the process where it is not wanted or can't be used."""
    if not use_cache:
        yield MemoryStore()
        return
    store = SqliteStore(settings.cache_dir / "cache.sqlite")
    try:
        # The file is opened by the first question, and only then is it known whether it can be used.
        await store.stats()
    except StoreError as exc:
        say(f"{exc} Going on without.")
        yield MemoryStore()
        return
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_door(
    settings: Settings, models: Sequence[str], store: Store, *, max_cost: float | None = None
) -> AsyncIterator[Models | None]:
    """The door to models, first choice first; None where there are none. `max_cost` is dollars.

    Raises:
        ModelError: a model can't be used as set, or a server of one's own can't be reached.
    """
    if not models:
        yield None
        return
    # Rounded down: a ceiling that is a fraction of a micro-dollar too high would be one that was overstepped.
    ceiling = None if max_cost is None else int(max_cost * 1_000_000)
    asker = await open_asker(settings, cache=store, ledger=MemoryLedger(), models=models, max_cost=ceiling)
    try:
        yield asker
    finally:
        await asker.close()


def run(work: Coroutine[None, None, T]) -> T:
    """Run to the end. Ctrl-C and SIGTERM cancel what is in flight; answers that are settled are in the cache."""
    try:
        return asyncio.run(_until_terminated(work))
    except KeyboardInterrupt:
        say("Interrupted. What was settled is kept: the same command goes on from there.")
        raise
    except asyncio.CancelledError as exc:
        say("Terminated. What was settled is kept: the same command goes on from there.")
        raise typer.Exit(ExitCode.TERMINATED) from exc


async def _until_terminated(work: Coroutine[None, None, T]) -> T:
    # asyncio.run cancels by itself on Ctrl-C; CI ends a job with SIGTERM, which would leave tools running.
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task
