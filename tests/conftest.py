"""The house of every test: no packet leaves the machine, no key and no home of the person who runs it is seen."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from foureyes.kit.database.port import Database
from guard import guard, is_foreign
from stores import STORES, open_store

# No timed asserts: a slow machine is not a failure. A shared one makes slow examples, too.
settings.register_profile("house", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

sys.addaudithook(guard)


@pytest.fixture(autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own for each test, an environment without keys, and a git that knows who commits."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if is_foreign(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
    ):
        monkeypatch.setenv(name, str(home / folder))
    (home / ".gitconfig").write_text(
        "[user]\n\tname = A Test\n\temail = test@example.org\n"
        "[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[core]\n\tautocrlf = false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home


@pytest.fixture(params=STORES)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A store with every table and no rows: the test runs on SQLite and on PostgreSQL."""
    async with open_store(request.param, tmp_path) as store:
        yield store
