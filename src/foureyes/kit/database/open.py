"""Opening the store that an address names."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from foureyes.errors import SettingError
from foureyes.kit.database.port import Database
from foureyes.kit.database.postgres import PostgresDatabase
from foureyes.kit.database.sqlite import SqliteDatabase

_VARIABLE = "FOUREYES_DATABASE_URL"


def parsed_url(url: str) -> URL:
    """The address of a store we know: `sqlite:///PATH`, or `postgresql+asyncpg://...` (also without the driver).

    Raises:
        SettingError: it is neither.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as exc:
        raise SettingError(_VARIABLE, "can't be read: write postgresql+asyncpg://USER:PASSWORD@HOST/NAME") from exc
    kind = parsed.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    if kind == "sqlite" and parsed.database:
        return parsed.set(drivername="sqlite")
    raise SettingError(
        _VARIABLE, f"names no store we know ({kind}): write sqlite:///PATH or postgresql+asyncpg://HOST/NAME"
    )


def open_database(url: str, *, connections: int = 10, patience: timedelta = timedelta(seconds=3)) -> Database:
    """The store at `url`. Nothing is asked of it yet, and no table is made: migrations do that.

    Raises:
        SettingError: the address is of no store we know.
    """
    parsed = parsed_url(url)
    if parsed.drivername == "sqlite":
        return SqliteDatabase(Path(parsed.database or ""))
    return PostgresDatabase(parsed, connections=connections, patience=patience)
