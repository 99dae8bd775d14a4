"""What the server is made of, for endpoints: made once by the application, read from the request."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from foureyes.kit.bus import Bus
from foureyes.kit.database.port import Database
from foureyes.queue.port import Queue
from foureyes.rest.principal import Authenticator
from foureyes.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that a request may need. `app.state.services` holds them."""

    settings: Settings
    database: Database
    queue: Queue
    bus: Bus
    authenticator: Authenticator


# Not a plain function: FastAPI would ask a thread for it, on every request.
async def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that a request or socket came to."""
    services: Services = connection.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
