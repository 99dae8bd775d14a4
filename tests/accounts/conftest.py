"""An application with accounts on each store, and a client of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from clients import app_of, client_of
from foureyes.accounts.tokens import Tokens
from foureyes.kit.database.port import Database
from foureyes.settings import Settings


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return app_of(database, Settings(data_dir=tmp_path))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app) as opened:
        yield opened


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(b"a key of thirty-two bytes or more")
