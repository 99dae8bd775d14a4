"""A dry run needs no key: what a model can take and what it costs stands in tables."""

import re
import socket
from collections.abc import Iterator

import pytest
from cli_world import Person, Repository, one_clear_sentence

CODE = "def total(prices):\n    return sum(prices)\n"


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": CODE}, "First")
    repository.write({"prices.py": CODE + "\n\nTAX = 1\n"})
    return repository


@pytest.fixture
def closed_port() -> Iterator[str]:
    """An address where nobody listens, kept free until the test ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_plan_and_its_price_are_had_without_a_key(foureyes: Person) -> None:
    ran = foureyes("review", "-q", "--dry-run", "--model", "anthropic:claude-sonnet-5")
    assert ran.code == 0
    assert re.search(r": about \$0\.\d{4} with anthropic:claude-sonnet-5\.", words(ran.out))
    assert "· prices.py " in ran.out
    assert "Planned as for" not in ran.out


def test_the_review_itself_still_wants_the_key(foureyes: Person) -> None:
    ran = foureyes("review", "-q", "--model", "anthropic:claude-sonnet-5")
    assert one_clear_sentence(ran, 2)
    assert "set ANTHROPIC_API_KEY" in ran.err


def test_the_model_of_the_policy_is_planned_for(foureyes: Person, begun: Repository) -> None:
    begun.commit({".foureyes.toml": '[model]\nuse = "openai:gpt-5"\n', "prices.py": CODE})
    begun.write({"prices.py": CODE + "\n\nTAX = 1\n"})
    assert "with openai:gpt-5." in words(foureyes("review", "-q", "--dry-run").out)


def test_a_server_that_is_down_is_planned_for_as_small(foureyes: Person, closed_port: str) -> None:
    ran = foureyes("review", "-q", "--dry-run", "--model", "ollama:qwen3", FOUREYES_MODEL_URL=closed_port)
    assert ran.code == 0
    assert "with ollama:qwen3." in words(ran.out)
    assert "Planned as for a small model. ollama:qwen3: no connection could be made" in words(ran.out)


def test_a_server_without_an_address_is_told_where_to_set_it(foureyes: Person) -> None:
    ran = foureyes("review", "-q", "--dry-run", "--model", "compatible:qwen3")
    assert ran.code == 0
    assert "price unknown with compatible:qwen3." in words(ran.out)
    assert "set FOUREYES_MODEL_URL" in words(ran.out)


def test_a_model_that_no_table_knows_has_a_plan_without_a_price(foureyes: Person) -> None:
    ran = foureyes("review", "-q", "--dry-run", "--model", "anthropic:claude-nope")
    assert "price unknown with anthropic:claude-nope." in words(ran.out)


def test_no_model_has_nothing_to_plan(foureyes: Person) -> None:
    ran = foureyes("review", "-q", "--dry-run", "--no-model", "--model", "anthropic:claude-sonnet-5")
    assert ran.out.startswith("No model would be asked, so nothing would be spent")
    assert "1 file, +3 \N{MINUS SIGN}0" in ran.out


def test_a_dry_run_is_not_the_last_review(foureyes: Person) -> None:
    foureyes("review", "-q", "--dry-run", "--model", "anthropic:claude-sonnet-5")
    assert one_clear_sentence(foureyes("explain"), 2)


@pytest.mark.parametrize("spec", ["claude", "nobody:claude"])
def test_a_dry_run_with_no_such_model_is_wrong_use(foureyes: Person, spec: str) -> None:
    assert one_clear_sentence(foureyes("review", "-q", "--dry-run", "--model", spec), 2)
