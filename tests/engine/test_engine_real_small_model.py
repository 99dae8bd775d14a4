"""A whole review by a real small model on this machine. Opt-in: it takes minutes, and shows no quality."""

from datetime import timedelta

import pytest

from factories import a_material
from foureyes.engine.run import review
from foureyes.engine.values import Coverage
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.compose import open_asker
from foureyes.llm.port import MemoryLedger
from foureyes.settings import Settings
from real_model import real_model, reason_to_skip

pytestmark = [
    pytest.mark.opt_in,
    pytest.mark.skipif(bool(reason_to_skip()), reason=reason_to_skip()),
    pytest.mark.timeout(1800),
]


async def test_a_small_change_is_reviewed_end_to_end() -> None:
    store, ledger = MemoryStore(), MemoryLedger()
    with real_model() as url:
        settings = Settings(
            model="compatible:smollm2",
            model_url=url,
            model_timeout=timedelta(minutes=20),
            model_idle_timeout=timedelta(minutes=5),
            max_parallel_calls=1,
        )
        asker = await open_asker(settings, cache=store, ledger=ledger)
        try:
            change = {"app.py": ("def half(x):\n    return x / 2\n", "def half(x):\n    return x / 0\n")}
            result = await review(a_material(**change), asker=asker, cache=store)
            again = await review(a_material(**change), asker=asker, cache=store)
        finally:
            await asker.close()
    print(result.headline, result.usage, result.refusals, result.ledger, sep="\n")  # noqa: T201  # Seen with -s.
    assert result.model == "compatible:smollm2"
    assert result.ledger.files[0].coverage is Coverage.REVIEWED
    assert all(finding.path == "app.py" and finding.end_line <= 2 for finding in result.findings)
    assert again.ledger.files[0].coverage is Coverage.CACHED
