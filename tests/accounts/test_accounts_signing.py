"""The signing key is made once, kept from others, and the same for everybody who needs it."""

import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from foureyes.accounts.signing import signing_key, tokens_for
from foureyes.errors import SettingError
from foureyes.settings import Settings

SECRET = "x" * 32
POSTGRES = SecretStr("postgresql+asyncpg://foureyes@localhost/foureyes")


def test_what_the_operator_set_is_the_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(SECRET))
    assert signing_key(settings) == SECRET.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    key = signing_key(settings)
    assert len(key) == 32
    assert signing_key(settings) == key
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    signing_key(Settings(data_dir=tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert signing_key(Settings(data_dir=tmp_path / "a")) != signing_key(Settings(data_dir=tmp_path / "b"))


def test_many_who_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    together = threading.Barrier(16)

    def start() -> None:
        together.wait()
        keys.append(signing_key(Settings(data_dir=tmp_path)))

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert set(keys) == {(tmp_path / "secret.key").read_bytes()}
    assert len(list(tmp_path.iterdir())) == 1


def test_with_postgresql_somebody_must_set_the_key(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"FOUREYES_SECRET_KEY.*openssl rand"):
        signing_key(Settings(data_dir=tmp_path, database_url=POSTGRES))


def test_with_postgresql_the_key_that_was_set_is_taken(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=POSTGRES, secret_key=SecretStr(SECRET))
    assert signing_key(settings) == SECRET.encode()


def test_another_sqlite_file_keeps_its_key_in_the_folder(tmp_path: Path) -> None:
    url = SecretStr(f"sqlite:///{tmp_path}/other.sqlite")
    assert len(signing_key(Settings(data_dir=tmp_path, database_url=url))) == 32


def test_a_key_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(SettingError, match=r"secret\.key is cut off"):
        signing_key(Settings(data_dir=tmp_path))


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="FOUREYES_DATA_DIR"):
        signing_key(Settings(data_dir=tmp_path / "file"))


def test_a_process_reads_the_key_once(tmp_path: Path) -> None:
    assert tokens_for(Settings(data_dir=tmp_path)) is tokens_for(Settings(data_dir=tmp_path))
