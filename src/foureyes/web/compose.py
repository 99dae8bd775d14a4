"""What a server is made of, opened from its settings and closed again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from foureyes.accounts.authenticator import AccountsAuthenticator
from foureyes.accounts.signing import signing_key
from foureyes.kit.database.address import store_address
from foureyes.kit.database.open import open_database
from foureyes.kit.redisbus import open_bus
from foureyes.queue.docket import open_queue
from foureyes.rest.services import Services
from foureyes.settings import Settings


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The services that the settings name, closed at the end in the opposite order.

    Nothing is asked of database and broker yet, so that a server starts, and says what it misses, while they are away.

    Raises:
        SettingError: an address can't be read, or there is no key to sign with.
    """
    key = signing_key(settings)
    async with AsyncExitStack() as stack:
        database = open_database(store_address(settings))
        stack.push_async_callback(database.close)
        bus = open_bus(settings)
        stack.push_async_callback(bus.close)
        queue = open_queue(settings)
        stack.push_async_callback(queue.close)
        authenticator = AccountsAuthenticator(database, key)
        stack.push_async_callback(authenticator.settled)
        # What runs after commits needs queue and bus: wait for it before they go.
        stack.push_async_callback(database.settled)
        yield Services(settings=settings, database=database, queue=queue, bus=bus, authenticator=authenticator)
