"""Findings in a store of the test's own, asked for over HTTP."""

from collections.abc import AsyncIterator

import pytest

from askers import House, a_house
from foureyes.kit.database.port import Database


@pytest.fixture
async def ours(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as made:
        yield made
