"""The command line with a model behind it: a mock of the providers on loopback."""

import json
from collections.abc import Iterator

import pytest
from cli_world import Person, Repository
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

CODE = "def total(prices):\n    return sum(prices)\n"
SLOPPY = CODE + "\n\ndef check(prices):\n    if not prices:\n        ValueError(prices)\n"

BOOM = """Traceback (most recent call last):
  File "prices.py", line 2, in total
    return sum(prices)
TypeError: x
"""


@pytest.fixture(scope="module")
def running() -> Iterator[LLMock]:
    with LLMockServer() as server:
        yield LLMock(server)


@pytest.fixture
def server(running: LLMock, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> LLMock:
    """The provider, set up as a person would; the work tree has a change to review."""
    running.reset()
    repository.commit({"prices.py": CODE})
    repository.write({"prices.py": SLOPPY})
    monkeypatch.setenv("FOUREYES_MODEL", "anthropic:claude-opus-4-8")
    monkeypatch.setenv("FOUREYES_ANTHROPIC_URL", f"{running.url}/anthropic")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test-0123456789")
    return running


def usage(out: str) -> dict[str, int]:
    return dict(json.loads(out)["usage"])


def test_the_model_line_says_what_was_used_and_what_it_cost(foureyes: Person, server: LLMock) -> None:
    ran = foureyes("review", "-q")
    [line] = [line for line in ran.out.splitlines() if line.startswith("Model")]
    assert line.startswith(f"Model      anthropic:claude-opus-4-8 · {len(server.requests)} call")
    assert " tokens in" in line
    assert " · $0." in line


def test_the_same_review_again_makes_no_call(foureyes: Person, server: LLMock) -> None:
    first = foureyes("review", "-q", "-f", "json")
    asked = len(server.requests)
    second = foureyes("review", "-q", "-f", "json")
    assert asked > 0
    assert len(server.requests) == asked
    assert usage(second.out)["calls"] == 0
    assert json.loads(first.out)["refusals"] == json.loads(second.out)["refusals"]
    assert "no call was made" in foureyes("review", "-q").out


def test_without_the_cache_it_is_asked_again(foureyes: Person, server: LLMock) -> None:
    foureyes("review", "-q")
    asked = len(server.requests)
    foureyes("review", "-q", "--no-cache")
    assert len(server.requests) > asked


def test_an_emptied_cache_is_empty(foureyes: Person, server: LLMock) -> None:
    foureyes("review", "-q")
    assert "0 entries" not in foureyes("cache", "stats").out
    assert "removed from" in foureyes("cache", "clear").err
    assert "\n0 entries, 0.0 KiB\n" in foureyes("cache", "stats").out


def test_no_model_means_no_call(foureyes: Person, server: LLMock) -> None:
    ran = foureyes("review", "-q", "--no-model")
    assert server.requests == []
    assert "No model was asked" in ran.out


def test_a_dry_run_makes_no_call(foureyes: Person, server: LLMock) -> None:
    assert foureyes("review", "-q", "--dry-run").code == 0
    assert server.requests == []


def test_what_was_not_said_is_shown_with_its_reason(foureyes: Person, server: LLMock) -> None:
    folded, shown = foureyes("review", "-q"), foureyes("review", "-q", "--why")
    assert "refused (--why)" in folded.out
    assert "Not said: " in shown.out


def test_a_refused_key_keeps_what_the_analysers_found(foureyes: Person, server: LLMock) -> None:
    server.fail(401, times=None)
    ran = foureyes("review", "-q", "--ledger")
    assert ran.code == 3
    assert "Missing `raise` statement" in ran.out
    assert "ANTHROPIC_API_KEY" in " ".join(ran.out.split())
    assert "sk-test-0123456789" not in ran.out + ran.err


def test_doctor_asks_once_when_told_to(foureyes: Person, server: LLMock) -> None:
    assert foureyes("doctor").code == 0
    assert server.requests == []
    ran = foureyes("doctor", "--live")
    assert ran.code == 0
    assert len(server.requests) == 1
    assert "answered in" in ran.out


def test_doctor_says_when_the_key_is_refused(foureyes: Person, server: LLMock) -> None:
    server.fail(401, times=None)
    ran = foureyes("doctor", "--live")
    assert ran.code == 1
    assert "the provider refused the key" in " ".join(ran.out.split())
    assert "sk-test-0123456789" not in ran.out + ran.err


def test_a_map_with_a_model_that_cites_nothing_real_says_so(foureyes: Person, server: LLMock) -> None:
    ran = foureyes("map")
    assert ran.code == 0
    assert "anthropic:claude-opus-4-8 · $0." in ran.out
    assert len(server.requests) == 1


def test_a_diagnosis_whose_proof_is_invented_is_not_shown(foureyes: Person, server: LLMock) -> None:
    ran = foureyes("debug", stdin=BOOM)
    assert "what it quotes is not in the code" in " ".join(ran.out.split())
    assert "prices.py:2 in total" in ran.out
