"""What a worker process answers over HTTP: whether it is alive, ready, and its numbers. No API."""

from fastapi import FastAPI

from foureyes.rest.services import Services
from foureyes.web import health, numbers
from foureyes.web.failures import answer_failures
from foureyes.web.health import Health, checks_of


def create_beside(services: Services) -> FastAPI:
    """The application beside a worker, which `foureyes worker --metrics-port` serves."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.services = services
    app.state.health = Health(checks_of(services))
    answer_failures(app)
    app.include_router(health.router)
    app.include_router(numbers.router)
    return app
