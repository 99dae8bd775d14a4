"""The one list of routers."""

from fastapi import APIRouter

from foureyes.accounts.endpoints import router as accounts
from foureyes.findings.endpoints import router as findings
from foureyes.reviews.endpoints import router as reviews
from foureyes.web import health, numbers, problempages
from foureyes.web.socket.endpoints import router as socket
from foureyes.workspaces.endpoints import router as workspaces


def routers() -> tuple[APIRouter, ...]:
    """Every router, in the order in which the API's document shows them."""
    return (accounts, workspaces, reviews, findings, socket, health.router, numbers.router, problempages.router)
