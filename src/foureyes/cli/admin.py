"""`foureyes admin`: accounts and the queue, from the machine that the server runs on."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from foureyes.accounts import administration, emails, passwords
from foureyes.cli.deployment import DataDir, server_settings
from foureyes.cli.say import say, write_out
from foureyes.cli.verbs import new_app
from foureyes.errors import MigrationNeededError, NotFoundError, UsageError
from foureyes.kit import clock
from foureyes.kit.database.address import store_address
from foureyes.kit.text import counted, printable
from foureyes.migrations.upgrade import current, wanted
from foureyes.models.accounts import User
from foureyes.models.reviews import Review
from foureyes.models.workers import WorkerRow
from foureyes.rest.services import Services
from foureyes.reviews.changing import requeue as put_back
from foureyes.reviews.repository.admin import DeadLetters, OpenCount, dead_letters, open_counts, workers_seen
from foureyes.settings import Settings
from foureyes.web.compose import open_services

T = TypeVar("T")

app = new_app(help="Look after accounts and the queue of a server.")

_SEEN = timedelta(minutes=1)
_SHOWN = 20
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The account's e-mail address.", show_default=False)]


@app.command()
def users(*, data_dir: DataDir = None) -> None:
    """List every account: address, name, since when, and who is an operator."""
    found = _with_services(data_dir, lambda services: administration.list_users(services.database))
    for user in found:
        write_out(f"{_user(user)}\n")
    say(f"{counted(len(found), 'account', 'accounts')}.")


@app.command()
def make_operator(email: Email, *, data_dir: DataDir = None) -> None:
    """Let an account run the installation: queue, dead letters, numbers."""
    address = _address(email)
    _with_services(data_dir, lambda services: administration.make_operator(services.database, address), who=address)
    say(f"{address} is an operator now.")


@app.command()
def reset_password(email: Email, *, data_dir: DataDir = None) -> None:
    """Give an account another password, which is asked for, and end its sign-ins. Its keys stay.

    Without a terminal the password is the first line of the standard input.
    """
    address, password = _address(email), _new_password()
    change = partial(administration.reset_password, email=address, password=password)
    _with_services(data_dir, lambda services: change(services.database), who=address)
    say(f"{address} has a new password, and is logged out everywhere.")


@app.command()
def queue(*, data_dir: DataDir = None) -> None:
    """Show what waits and what runs, which workers are there, and the dead letters."""
    _with_services(data_dir, _print_queue)


@app.command()
def requeue(
    reviews: Annotated[
        list[UUID] | None, typer.Argument(metavar="[REVIEW]...", help="Ids of dead letters.", show_default=False)
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All of them, 1,000 at most.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Have dead letters run again, after what killed them was mended."""
    if bool(reviews) == every:
        raise UsageError("Name the reviews to run again, or say --all. `foureyes admin queue` lists them.")
    count = _with_services(data_dir, partial(_requeue, ids=tuple(reviews or ())))
    say(f"{counted(count, 'review', 'reviews')} will run again.")


def _with_services(data_dir: DataDir, act: Callable[[Services], Awaitable[T]], *, who: str = "") -> T:
    """What `act` returns. NotFoundError of `who` is wrong use here, and says where to look."""
    settings = server_settings(data_dir=data_dir)

    async def inside() -> T:
        async with _services(settings) as services:
            return await act(services)

    try:
        return asyncio.run(inside())
    except NotFoundError as exc:
        raise UsageError(f"Nobody here has the address {printable(who)}: see `foureyes admin users`.") from exc


@asynccontextmanager
async def _services(settings: Settings) -> AsyncIterator[Services]:
    # Before anything is opened, which would make a folder and a key where there are none.
    found = await current(store_address(settings))
    if found < wanted():
        raise MigrationNeededError(found, wanted())
    async with open_services(settings) as services:
        yield services


async def _print_queue(services: Services) -> None:
    now = clock.now()
    counts = await services.database.read(open_counts)
    workers = await services.database.read(workers_seen, since=now - _SEEN)
    dead = await services.database.read(dead_letters, before=None, size=_SHOWN)
    # In one piece, so that a reader which goes away sees nothing half.
    lines = [*_open(counts, now), *_workers(workers), *_dead(dead)]
    write_out("\n".join(lines) + "\n")


def _open(counts: Sequence[OpenCount], now: datetime) -> list[str]:
    if not counts:
        return ["Nothing waits and nothing runs."]
    return [
        f"{one.count:>6} {one.kind} {one.status}, the oldest for {(now - one.oldest).total_seconds():.0f} s, "
        f"workspace {one.workspace_id}"
        for one in counts
    ]


def _workers(workers: Sequence[WorkerRow]) -> list[str]:
    if not workers:
        return ["No worker has been seen for a minute: start `foureyes worker`, or `foureyes serve`."]
    return [
        f"Worker {printable(one.host)}:{one.pid} {one.version}, {one.running} of {one.slots} places taken"
        f"{', draining' if one.draining else ''}: {', '.join(one.kinds)}"
        for one in workers
    ]


def _dead(dead: Sequence[Review]) -> list[str]:
    if not dead:
        return ["No dead letters."]
    rows = [f"Dead {one.id} {one.kind} {one.error_code}: {printable(one.error)}" for one in dead]
    return [*rows, "`foureyes admin requeue REVIEW` or `--all` has them run again."]


async def _requeue(services: Services, *, ids: tuple[UUID, ...]) -> int:
    operators = [user for user in await administration.list_users(services.database) if user.operator]
    if not operators:
        raise UsageError("There is no operator in whose name this could be done: `foureyes admin make-operator EMAIL`.")
    found = await services.database.write(
        put_back,
        DeadLetters(ids=ids),
        user_id=operators[0].id,
        at=clock.now(),
        bus=services.bus,
        queue=services.queue,
    )
    await services.database.settled()
    return len(found)


def _user(user: User) -> str:
    marks = [word for word, there in (("operator", user.operator), ("disabled", user.disabled_at)) if there]
    return (
        f"{printable(user.email)}  {printable(user.name)}  since {user.created_at:%Y-%m-%d}  {' '.join(marks)}".rstrip()
    )


def _address(email: str) -> str:
    try:
        return emails.normalised(email)
    except ValueError as exc:
        raise UsageError(f"{printable(email)} {exc}.") from exc


def _new_password() -> str:
    if sys.stdin.isatty():
        given = str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    else:
        given = sys.stdin.readline().rstrip("\n")
    if not passwords.SHORTEST <= len(given) <= passwords.LONGEST:
        raise UsageError(f"The password must have {passwords.SHORTEST} to {passwords.LONGEST} characters.")
    return given
