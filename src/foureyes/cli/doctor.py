"""`foureyes doctor`: what Foureyes needs, what is there, and what would mend the rest."""

import asyncio
import platform
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import typer
from rich.text import Text

from foureyes import __version__
from foureyes.analyzers.port import Trust
from foureyes.analyzers.registry import DEFAULT, ON_REQUEST
from foureyes.analyzers.sandbox import Protection, Sandbox
from foureyes.cli.checks import Check, State
from foureyes.cli.deployment import DataDir, server_settings
from foureyes.cli.exits import ExitCode
from foureyes.cli.say import print_lines, terminal_width
from foureyes.cli.verbs import new_app
from foureyes.engine.reports.lines import safe, wrapped
from foureyes.engine.reports.summary import money
from foureyes.errors import FoureyesError
from foureyes.git.door import OLDEST, Git
from foureyes.kit import clock
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.compose import chosen_models, open_asker
from foureyes.llm.port import Ask, MemoryLedger, Purpose
from foureyes.llm.providers import open_model
from foureyes.settings import Settings, split_spec, variables

app = new_app()

_LABEL = 13
# Room for a model that thinks before its one word: with less, some give back nothing at all.
_QUESTION = Ask(
    purpose=Purpose.PROBE,
    prompt_version="doctor-1",
    system="You answer with one word.",
    prompt="Say ready.",
    max_output_tokens=512,
)


_MARKS = {
    State.GOOD: ("\N{CHECK MARK}", "green"),
    State.LESS: ("\N{WHITE CIRCLE}", "yellow"),
    State.BAD: ("\N{MULTIPLICATION X}", "bold red"),
}


@app.command()
def doctor(
    *,
    live: Annotated[bool, typer.Option("--live", help="Also ask the model one short question.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Check what Foureyes needs, and say what is missing. Keys are never printed.

    A server is looked at too, where its folder is there or its database or Redis is set.
    """
    settings = server_settings(data_dir=data_dir)
    if not asyncio.run(_print_checks(settings, live=live, server=data_dir is not None or _has_server(settings))):
        raise typer.Exit(ExitCode.FINDINGS)


def _has_server(settings: Settings) -> bool:
    return bool(settings.database_url or settings.redis_url) or settings.data_dir.exists()


async def _print_checks(settings: Settings, *, live: bool, server: bool) -> bool:
    """Print each check as soon as it is done; whether all that is needed is there."""
    healthy, width = True, terminal_width()
    # Printed one by one: a server that takes long to answer must not hide what was found before it.
    async for check in _checks(settings, live=live, server=server):
        healthy = healthy and check.state is not State.BAD
        mark, style = _MARKS[check.state]
        first = Text.assemble((f"{mark} ", style), (f"{check.label:<{_LABEL - 2}}", "bold"))
        print_lines(wrapped(Text(safe(check.text)), width=width, first=first, rest=Text(" " * _LABEL)))
    return healthy


async def _checks(settings: Settings, *, live: bool, server: bool) -> AsyncIterator[Check]:
    yield Check("Foureyes", State.GOOD, f"{__version__} on Python {platform.python_version()}")
    yield await _git()
    yield _cache(settings)
    yield await _sandbox()
    for check in _analysers():
        yield check
    models = list(_models(settings))
    for check in models:
        yield check
    # A model that can't even be opened has said why already; asking it would say the same twice.
    if live and all(check.state is not State.BAD for check in models):
        yield await _live(settings)
    if server:
        from foureyes.cli.doctor_server import server_checks  # noqa: PLC0415  # Loads SQLAlchemy and docket.

        async for check in server_checks(settings):
            yield check


async def _git() -> Check:
    try:
        said = await Git().text("version")
    except FoureyesError as exc:
        return Check("git", State.BAD, str(exc))
    return Check("git", State.GOOD, f"{said.removeprefix('git version ')} ({'.'.join(map(str, OLDEST))} is needed)")


def _cache(settings: Settings) -> Check:
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written and not only looked at: permissions do not tell of a full disk or a read-only mount.
        with tempfile.TemporaryFile(dir=settings.cache_dir):
            return Check("Cache", State.GOOD, f"{settings.cache_dir}, can be written")
    except OSError as exc:
        return Check("Cache", State.BAD, f"{settings.cache_dir}: {exc.strerror}. Set {variables('cache_dir')[0]}.")


async def _sandbox() -> Check:
    level = await Sandbox().probe()
    if level.protection is Protection.FULL:
        return Check("Sandbox", State.GOOD, "full")
    without = "" if level.usable else "; tools that run the repository's code stay off"
    # No full cage is no defect: most analysers only read, and those that run code stay off without one.
    return Check("Sandbox", State.LESS, f"{level.protection}: {level.reason}{without}")


def _analysers() -> Iterator[Check]:
    own = [name for name, analyzer in DEFAULT.items() if analyzer.trust is Trust.OWN]
    versions = {name: analyzer.version() for name, analyzer in DEFAULT.items() if name not in own}
    there = [f"{name} {version}" for name, version in versions.items() if version is not None]
    missing = [name for name, version in versions.items() if version is None]
    yield Check("Analysers", State.GOOD, ", ".join(there) or "none is installed")
    yield Check("", State.GOOD, f"our own: {', '.join(own)}")
    if missing:
        yield Check("", State.LESS, f"missing: {', '.join(missing)}; reviews go on without and say so")
    optional = [name for name, analyzer in ON_REQUEST.items() if analyzer.version() is not None]
    if optional:
        yield Check("", State.GOOD, f"on request: {', '.join(optional)}")


def _models(settings: Settings) -> Iterator[Check]:
    chosen = chosen_models(settings)
    keys = ", ".join(provider.value for provider in settings.providers_with_keys())
    if not chosen:
        have = f" There are keys for {keys}." if keys else ""
        fix = "Set FOUREYES_MODEL to PROVIDER:MODEL to have a model review too."
        yield Check("Model", State.LESS, f"none is set, so only static analysers look. {fix}{have}")
    for number, spec in enumerate(chosen):
        yield _model(spec, settings, "Fallback" if number else "Model")


def _model(spec: str, settings: Settings, label: str) -> Check:
    try:
        open_model(spec, settings)
    except FoureyesError as exc:
        return Check(label, State.BAD, str(exc))
    provider, _ = split_spec(spec)
    key = "a key is set" if settings.api_key(provider) else "no key is needed"
    return Check(label, State.GOOD, f"{spec}, {key}")


async def _live(settings: Settings) -> Check:
    """One real call, past the cache: what is stored proves nothing about today."""
    if not chosen_models(settings):
        return Check("Live", State.LESS, "there is no model to ask")
    began = clock.steady()
    try:
        asker = await open_asker(settings, cache=MemoryStore(), ledger=MemoryLedger())
        try:
            answer = await asker.ask_text(_QUESTION)
        finally:
            await asker.close()
    except FoureyesError as exc:
        return Check("Live", State.BAD, str(exc))
    return Check(
        "Live", State.GOOD, f"{answer.model} answered in {clock.steady() - began:.1f} s, {money(asker.spent.cost)}"
    )
