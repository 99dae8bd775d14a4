"""What a server stands on, for `foureyes doctor`: folder, database, broker, key, address; each with its fix."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from foureyes.accounts.signing import signing_key
from foureyes.cli.checks import Check, State
from foureyes.errors import BrokerError, FoureyesError, MigrationNeededError, SettingError
from foureyes.kit.database.address import store_address
from foureyes.kit.database.open import open_database, parsed_url
from foureyes.migrations.upgrade import check
from foureyes.queue.docket import open_queue
from foureyes.settings import Settings

_OLDEST_POSTGRES = 15
_GIBIBYTE = 1 << 30
# A database that has no room left stops everything, so there is a time to be told before.
_LITTLE, _TOO_LITTLE = 2 * _GIBIBYTE, _GIBIBYTE // 4
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def server_checks(settings: Settings) -> AsyncIterator[Check]:
    """Each part that a server with these settings needs, looked at now. Nothing is made or changed."""
    yield _folder(settings.data_dir)
    try:
        yield await _database(settings)
    except FoureyesError as exc:
        yield Check("Database", State.BAD, f"{exc} It is the one of FOUREYES_DATABASE_URL.")
    yield await _broker(settings)
    yield _key(settings)
    yield _address(settings)


def _folder(folder: Path) -> Check:
    if not folder.exists():
        return Check("Data", State.LESS, f"{folder} is not there yet: the first start makes it")
    try:
        # Written and not only looked at: permissions do not tell of a read-only mount.
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as exc:
        fix = "choose another with FOUREYES_DATA_DIR or --data-dir"
        return Check("Data", State.BAD, f"{folder} can't be written ({exc.strerror}): {fix}.")
    room = f"{folder}, {free / _GIBIBYTE:.1f} GiB free"
    if free < _TOO_LITTLE:
        return Check("Data", State.BAD, f"{room}: make room before the database stops for want of it.")
    return Check("Data", State.LESS if free < _LITTLE else State.GOOD, room)


async def _database(settings: Settings) -> Check:
    url = store_address(settings)
    if not _is_made(parsed_url(url)):
        return Check("Database", State.LESS, "SQLite, not made yet: `foureyes serve` makes it")
    database = open_database(url, connections=1)
    try:
        name, version = await database.read(_product)
        said = f"{name} {'.'.join(map(str, version))}"
        if name == "PostgreSQL" and version < (_OLDEST_POSTGRES,):
            return Check("Database", State.BAD, f"{said} is too old: use PostgreSQL {_OLDEST_POSTGRES} or newer.")
        await check(database)
    except MigrationNeededError as exc:
        return Check("Database", State.BAD, str(exc))
    finally:
        await database.close()
    return Check("Database", State.GOOD, f"{said}, its tables are of this version")


def _is_made(url: URL) -> bool:
    """Whether there is something to ask: opening a SQLite file that is not there would make it."""
    return url.drivername != "sqlite" or Path(url.database or "").exists()


def _product(session: Session) -> tuple[str, tuple[int, ...]]:
    """Name and version of what answers, as the driver was told."""
    dialect = session.connection().dialect
    version = tuple(int(part) for part in dialect.server_version_info or ())
    return {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[dialect.name], version


async def _broker(settings: Settings) -> Check:
    if settings.redis_url is None:
        return Check("Redis", State.GOOD, "none: the queue is inside of the one process of `foureyes serve`")
    queue = open_queue(settings)
    try:
        risks = await queue.risks()
    except (BrokerError, SettingError) as exc:
        return Check("Redis", State.BAD, f"{exc} It is the one of FOUREYES_REDIS_URL.")
    finally:
        await queue.close()
    if risks:
        return Check("Redis", State.LESS, " ".join(risks))
    return Check("Redis", State.GOOD, "answers, keeps an append-only file and throws nothing away")


def _key(settings: Settings) -> Check:
    if settings.secret_key is not None:
        return Check("Key", State.GOOD, "signs with FOUREYES_SECRET_KEY; it must be the same for all processes")
    shared = parsed_url(store_address(settings)).drivername.startswith("postgresql")
    # Asked only where it makes none: looking must leave everything as it is.
    if not shared and not (settings.data_dir / "secret.key").exists():
        return Check("Key", State.GOOD, "to sign with: the first start makes one in the data folder")
    try:
        signing_key(settings)
    except SettingError as exc:
        return Check("Key", State.BAD, str(exc))
    return Check("Key", State.GOOD, "to sign with: kept in the data folder; without it everybody logs in again")


def _address(settings: Settings) -> Check:
    url = settings.public_url
    if url is None:
        if settings.host in _LOOPBACK:
            return Check("Address", State.GOOD, f"http://localhost:{settings.port}, for this machine alone")
        fix = "set FOUREYES_PUBLIC_URL to what people type"
        return Check("Address", State.LESS, f"{settings.host} is open to the network: {fix}, with https before it")
    if url.startswith("http://") and not url.startswith(("http://localhost", "http://127.0.0.1", "http://[::1]")):
        return Check("Address", State.LESS, f"{url} is not encrypted: passwords can be read on the way. Use https")
    return Check("Address", State.GOOD, url)
