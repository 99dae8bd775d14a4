"""The key that signs access tokens: from the environment, or made once and kept in the data folder."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from foureyes.accounts.tokens import Tokens
from foureyes.errors import SettingError
from foureyes.kit.database.open import parsed_url
from foureyes.settings import Settings

_FILE = "secret.key"
_BYTES = 32
_VARIABLE = "FOUREYES_SECRET_KEY"


def signing_key(settings: Settings) -> bytes:
    """The key, the same for every process of an installation and for every start.

    Raises:
        SettingError: several machines may be at work and nobody gave them a key in common, or its file can't be used.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    url = settings.database_url
    if url is not None and parsed_url(url.get_secret_value()).drivername.startswith("postgresql"):
        raise SettingError(
            _VARIABLE,
            "is needed with PostgreSQL, because every process must sign with the same key: set it to 32 random "
            "characters or more, such as `openssl rand -base64 48` prints, for all of them",
        )
    return _kept_key(settings.data_dir / _FILE)


@lru_cache(maxsize=4)
def tokens_for(settings: Settings) -> Tokens:
    """Tokens signed with the installation's key, which is read once for each process.

    Raises:
        SettingError: there is no key, see `signing_key`.
    """
    return Tokens(signing_key(settings))


def _kept_key(path: Path) -> bytes:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(path)
        key = path.read_bytes()
    except OSError as exc:
        raise SettingError(
            "FOUREYES_DATA_DIR",
            f"the signing key {path} can't be kept there ({exc.strerror}): choose a folder of yours",
        ) from exc
    if len(key) < _BYTES:
        raise SettingError(_VARIABLE, f"{path} is cut off: remove it, and everybody logs in again with a new one")
    return key


def _make(path: Path) -> None:
    """Write a new key, unless another process is first: a link appears whole, and only once."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
