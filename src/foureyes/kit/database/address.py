"""Where the store of an installation is."""

from typing import Final

from foureyes.settings import Settings

FILE: Final = "foureyes.sqlite"


def store_address(settings: Settings) -> str:
    """The address of the store: the one that is set, or a SQLite file in the data folder."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.data_dir.absolute() / FILE}"
