"""The one list of routers."""

from fastapi import APIRouter

from foureyes.web import health, problempages


def routers() -> tuple[APIRouter, ...]:
    """Every router, in the order in which the API's document shows them."""
    return (health.router, problempages.router)
