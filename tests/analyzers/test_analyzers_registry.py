"""Every analyser by name, and the choice among them."""

import pytest

from foureyes.analyzers.port import AnalyzedFile, Scope, Trust
from foureyes.analyzers.registry import ANALYZERS, DEFAULT, ON_REQUEST, chosen
from foureyes.errors import SettingError


def names(**choice: list[str]) -> set[str]:
    return {analyzer.name for analyzer in chosen(**choice)}


def test_the_default_set_runs_no_code_of_the_repository() -> None:
    assert names() == DEFAULT.keys()
    assert {analyzer.trust for analyzer in chosen()} == {Trust.OWN, Trust.INERT}


def test_what_costs_much_to_start_is_on_request() -> None:
    # ADR 0011. A tool that moves between the tiers moves in that page too.
    assert ON_REQUEST.keys() == {"bandit", "eslint", "gitleaks", "mypy", "pylint", "yamllint"}


def test_tools_can_be_switched_on_and_off_by_name() -> None:
    assert names(on=["bandit"], off=["typos"]) == DEFAULT.keys() - {"typos"} | {"bandit"}
    assert names(on=["bandit"], off=["bandit"]) == DEFAULT.keys()


def test_naming_a_tool_that_is_on_anyway_changes_nothing() -> None:
    assert names(on=["ruff"]) == DEFAULT.keys()


@pytest.mark.parametrize("choice", [{"on": ["rufff"]}, {"off": ["rufff"]}])
def test_an_unknown_name_is_an_error_that_lists_the_known(choice: dict[str, list[str]]) -> None:
    with pytest.raises(SettingError, match=r"there is no analyser 'rufff'; there are actionlint, .*zizmor"):
        chosen(**choice)


def test_names_are_the_keys_and_nothing_is_in_two_tiers() -> None:
    assert [name for name, analyzer in ANALYZERS.items() if analyzer.name != name] == []
    assert DEFAULT.keys() & ON_REQUEST.keys() == set()


@pytest.mark.parametrize("analyzer", ANALYZERS.values(), ids=ANALYZERS)
def test_every_analyser_keeps_the_protocol(analyzer: object) -> None:
    assert isinstance(analyzer.scope, Scope)  # type: ignore[attr-defined]
    assert isinstance(analyzer.settings, str)  # type: ignore[attr-defined]
    assert analyzer.wants(AnalyzedFile("a.bin", b"\0\0")) is False  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(DEFAULT))
def test_every_default_analyser_is_there(name: str) -> None:
    # What the wheels of pyproject.toml bring must be found, or a review would lack it silently.
    assert DEFAULT[name].version()
