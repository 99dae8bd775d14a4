"""The one list of routers."""

from fastapi import APIRouter

from foureyes.accounts.endpoints import router as accounts
from foureyes.web import health, numbers, problempages
from foureyes.web.socket.endpoints import router as socket
from foureyes.workspaces.endpoints import router as workspaces


def routers() -> tuple[APIRouter, ...]:
    """Every router, in the order in which the API's document shows them."""
    return (accounts, workspaces, socket, health.router, numbers.router, problempages.router)
