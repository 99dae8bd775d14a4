"""Exchanges that were recorded at the real providers, said again by a server on loopback, whole and cut.

The recordings are not ours to publish. The test looks for them where FOUREYES_TEST_RECORDINGS points, and skips.
"""

import json
import os
from pathlib import Path

import pytest
from llm_material import an_ask
from llm_servers import Said, saying, settings_for

from foureyes.errors import ModelError, ModelRefusedError, ModelSettingsError
from foureyes.llm.port import Reply
from foureyes.llm.providers import open_model

SPECS = {
    "anthropic": "anthropic:claude-opus-4-8",
    "openai-chat": "compatible:any",
    "openai-responses": "openai:gpt-5",
}
Exchange = dict[str, str]


def recorded(kind: str) -> list[Exchange]:
    path = Path(os.environ.get("FOUREYES_TEST_RECORDINGS", "")) / "interactions.json"
    exchanges = json.loads(path.read_text()) if path.is_file() else []
    return [exchange for exchange in exchanges if exchange["kind"] == kind and exchange["response_body"]]


def named(exchange: Exchange) -> str:
    return f"{exchange['provider']}-{Path(exchange['source']).stem}"


pytestmark = [
    pytest.mark.opt_in,
    pytest.mark.skipif(not recorded("stream"), reason="FOUREYES_TEST_RECORDINGS points to no interactions.json"),
]


async def said_again(exchange: Exchange, said: Said) -> Reply | ModelError:
    async with saying(said) as server:
        model = open_model(SPECS[exchange["provider"]], settings_for(server.url))
        try:
            return await model.attempt(an_ask(), None)
        except ModelError as exc:
            return exc
        finally:
            await model.close()


@pytest.mark.parametrize("exchange", recorded("stream"), ids=named)
async def test_a_recorded_stream_is_answered_whole_or_not_at_all(exchange: Exchange) -> None:
    events = [f"{event}\n\n".encode() for event in exchange["response_body"].split("\n\n") if event.strip()]
    whole = await said_again(exchange, Said(events))
    step = max(1, len(events) // 25)
    for kept in range(0, len(events), step):
        end = await said_again(exchange, Said(events[:kept]))
        same = isinstance(end, Reply) and isinstance(whole, Reply) and end.text == whole.text
        assert isinstance(end, ModelError) or same, f"an answer from {kept} of {len(events)} events"


@pytest.mark.parametrize("exchange", recorded("error"), ids=named)
async def test_a_recorded_error_is_a_rejection_that_is_not_repeated(exchange: Exchange) -> None:
    said = Said([exchange["response_body"].encode()], status=int(exchange["status"]), kind="application/json")
    end = await said_again(exchange, said)
    assert isinstance(end, ModelRefusedError | ModelSettingsError)
    assert json.loads(exchange["response_body"])["error"]["message"][:40] in str(end)
