"""Which value wins, and where it came from."""

import pytest

from foureyes.engine.policyorigins import OriginKind, Overrides, PolicyInForce, resolve_policy, variable_of
from foureyes.errors import PolicyError, SettingError
from foureyes.kit.severity import Severity

FILE = "floor = 'high'\n\n[model]\nmax_cost = 3\n\n[[paths]]\nmatch = ['x']\n"


def origin(force: PolicyInForce, key: str) -> tuple[object, OriginKind, str]:
    found = next(each for each in force.origins if each.key == key)
    return found.value, found.kind, found.place


def test_without_overrides_values_come_from_the_file_or_are_defaults() -> None:
    force = resolve_policy(FILE)
    assert origin(force, "floor") == ("high", OriginKind.FILE, ".foureyes.toml:1")
    assert origin(force, "model.max_cost") == (3.0, OriginKind.FILE, ".foureyes.toml:4")
    assert origin(force, "paths")[1:] == (OriginKind.FILE, ".foureyes.toml:6")
    assert origin(force, "language") == ("English", OriginKind.DEFAULT, "")


def test_an_option_wins_over_the_environment_and_that_over_the_file() -> None:
    environment = {"FOUREYES_FLOOR": "info", "FOUREYES_MAX_COST": "0.25"}
    force = resolve_policy(FILE, overrides=Overrides(environment, {"floor": "low"}))
    assert force.policy.floor is Severity.LOW
    assert origin(force, "floor") == ("low", OriginKind.OPTION, "")
    assert origin(force, "model.max_cost") == (0.25, OriginKind.ENVIRONMENT, "FOUREYES_MAX_COST")


def test_lists_numbers_and_switches_are_read_from_variables() -> None:
    environment = {
        "FOUREYES_IGNORE": "docs/, *.md",
        "FOUREYES_MAX_FINDINGS": "0",
        "FOUREYES_CONTEXT_CONVENTIONS": "false",
        "FOUREYES_MODEL": "ollama:qwen",
        "FOUREYES_LANGUAGE": " ",
    }
    policy = resolve_policy("", overrides=Overrides(environment)).policy
    assert policy.ignore == ("docs/", "*.md")
    assert policy.max_findings == 0
    assert not policy.context.conventions
    assert policy.model.use == "ollama:qwen"
    assert policy.language == "English"


def test_a_variable_with_a_wrong_value_is_named() -> None:
    with pytest.raises(SettingError, match=r"FOUREYES_FLOOR: should be 'info'.* not 'loud'"):
        resolve_policy("", overrides=Overrides({"FOUREYES_FLOOR": "loud"}))


def test_an_option_with_a_wrong_value_is_named() -> None:
    with pytest.raises(SettingError, match=r"--max-findings: should be greater than or equal to 0"):
        resolve_policy("", overrides=Overrides(options={"max_findings": -1}))


def test_a_broken_file_is_not_hidden_by_an_override() -> None:
    with pytest.raises(PolicyError, match=r":1: `floor`"):
        resolve_policy("floor = 3", overrides=Overrides(options={"floor": "low"}))


def test_shared_settings_go_by_the_operators_names() -> None:
    assert variable_of("model.use") == "FOUREYES_MODEL"
    assert variable_of("limits.file_bytes") == "FOUREYES_LIMITS_FILE_BYTES"
