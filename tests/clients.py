"""The application, and clients that talk to it without a socket."""

from datetime import timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from foureyes.accounts.authenticator import AccountsAuthenticator
from foureyes.accounts.signing import signing_key
from foureyes.kit.bus import MemoryBus
from foureyes.kit.database.port import Database
from foureyes.queue.port import MemoryQueue
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.app import create_app

PASSWORD = "correct horse battery"


def app_of(database: Database, settings: Settings) -> FastAPI:
    # Nothing is believed for longer than one request, so that tests need not wait.
    authenticator = AccountsAuthenticator(database, signing_key(settings), remembered=timedelta(0))
    return create_app(Services(settings, database, MemoryQueue(), MemoryBus(), authenticator))


def client_of(app: FastAPI, base_url: str = "http://localhost:8000", **options: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=base_url, **options)


async def registered(client: httpx2.AsyncClient, email: str = "ada@example.org", **fields: Any) -> dict[str, Any]:
    """A new account; the client sends its access token from now on."""
    answer = await client.post("/api/auth/register", json={"email": email, "password": PASSWORD, **fields})
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json()
    client.headers["Authorization"] = f"Bearer {session['access_token']}"
    return session
