"""A real model on this machine: the whole door, from the probe to a cached answer. Opt-in, for it takes minutes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from llm_material import an_ask
from pydantic import BaseModel, Field

from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.compose import open_asker
from foureyes.llm.port import MemoryLedger, Purpose
from foureyes.settings import Settings
from real_model import real_model, reason_to_skip

pytestmark = [
    pytest.mark.opt_in,
    pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip()),
    pytest.mark.timeout(1800),
]


class Verdict(BaseModel):
    """Whether the code is right."""

    verdict: Literal["right", "wrong"]
    line: int = Field(ge=0, le=9)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with real_model() as address:
        yield address


async def test_a_real_small_model_is_probed_asked_and_remembered(url: str) -> None:
    settings = Settings(
        model="compatible:smollm2",
        model_url=url,
        model_timeout=timedelta(minutes=10),
        model_idle_timeout=timedelta(minutes=2),
        max_parallel_calls=1,
    )
    ledger, store = MemoryLedger(), MemoryStore()
    asker = await open_asker(settings, cache=store, ledger=ledger)
    try:
        ask = an_ask("1: def half(x):\n2:     return x / 0\n\nIs this right?", max_output_tokens=100)
        answer = await asker.ask(ask, Verdict)
        again = await asker.ask(ask, Verdict)
    finally:
        await asker.close()
    print(asker.traits, answer, *ledger.rows, sep="\n")  # noqa: T201  # Seen with -s: what such a model can do.
    assert asker.traits.context_tokens + asker.traits.thinking_tokens == 8192
    assert answer.output.verdict in ("right", "wrong")
    assert answer.usage.input_tokens > 20
    assert answer.usage.output_tokens > 0
    assert again.cached
    assert {row.purpose for row in ledger.rows} == {Purpose.PROBE, Purpose.REVIEW}
