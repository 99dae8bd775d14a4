"""`foureyes cache`: how much is kept, and emptying it."""

import asyncio

from foureyes.cli.compose import open_store, settings_of
from foureyes.cli.say import say, write_out
from foureyes.cli.verbs import new_app
from foureyes.kit.keyvalue import StoreStats
from foureyes.kit.text import counted

app = new_app(help="Look at the cache of settled answers and analyses, or empty it.")


@app.command()
def stats() -> None:
    """Print where the cache is, how many entries it has and how large they are."""
    settings = settings_of()

    async def look() -> StoreStats:
        async with open_store(settings) as store:
            return await store.stats()

    found = asyncio.run(look())
    write_out(f"{settings.cache_dir}\n{counted(found.entries, 'entry', 'entries')}, {_size(found.size)}\n")


@app.command()
def clear() -> None:
    """Remove every settled answer and analysis. Stored reviews and what `fix` keeps for undo stay."""
    # Without a question: everything in here can be had again, it only costs time and model calls.
    settings = settings_of()

    async def empty() -> int:
        async with open_store(settings) as store:
            return await store.clear()

    say(f"{counted(asyncio.run(empty()), 'entry', 'entries')} removed from {settings.cache_dir}.")


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MiB" if count >= 1 << 20 else f"{count / (1 << 10):.1f} KiB"
