"""What a policy says about a path, a rule and a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from foureyes.engine.policy import Policy, path_spec
from foureyes.kit.severity import Severity


def test_an_empty_policy_is_the_defaults() -> None:
    policy = Policy()
    assert policy.floor is Severity.LOW
    assert policy.floor_for("any/file.py") is Severity.LOW
    assert policy.instructions_for("any/file.py") == ()


def test_the_last_section_that_matches_a_path_sets_its_floor() -> None:
    policy = Policy.model_validate(
        {"paths": [{"match": ["tests/"], "floor": "high"}, {"match": ["tests/slow/"], "floor": "info"}]}
    )
    assert policy.floor_for("tests/test_a.py") is Severity.HIGH
    assert policy.floor_for("tests/slow/test_a.py") is Severity.INFO
    assert policy.floor_for("src/a.py") is Severity.LOW


def test_rules_are_off_everywhere_or_in_some_files() -> None:
    policy = Policy.model_validate({"rules": {"off": ["ruff:E*"]}, "paths": [{"match": ["tests/"], "off": ["*:S101"]}]})
    assert policy.silences("src/a.py", "ruff:E501")
    assert not policy.silences("src/a.py", "ruff:S101")
    assert policy.silences("tests/a.py", "ruff:S101")


def test_a_rule_gets_the_severity_that_the_policy_gives() -> None:
    policy = Policy.model_validate({"rules": {"severity": {"bandit:*": "low", "bandit:B602": "critical"}}})
    assert policy.severity_for("bandit:B602", Severity.HIGH) is Severity.CRITICAL
    assert policy.severity_for("bandit:B101", Severity.HIGH) is Severity.LOW
    assert policy.severity_for("ruff:F401", Severity.MEDIUM) is Severity.MEDIUM


def test_instructions_are_for_the_files_that_match() -> None:
    policy = Policy.model_validate(
        {"instructions": [{"paths": ["*.sql"], "text": "No locks."}, {"paths": ["db/"], "text": "Migrate twice."}]}
    )
    assert policy.instructions_for("db/001.sql") == ("No locks.", "Migrate twice.")


@pytest.mark.parametrize(
    ("pattern", "rule", "fits"),
    [
        ("ruff:F401", "ruff:F401", True),
        ("ruff:F401", "ruff:F4011", False),
        ("*", "", True),
        ("ruff:*1", "ruff:1", True),
        ("a*a", "a", False),
        ("*b*c*", "abxc", True),
        ("*c*b*", "abxc", False),
        ("ruff:[F]*", "ruff:F401", False),
    ],
)
def test_a_star_stands_for_any_run_of_characters(pattern: str, rule: str, fits: bool) -> None:
    assert Policy.model_validate({"rules": {"off": [pattern]}}).silences("a.py", rule) is fits


@given(st.lists(st.text(max_size=5), max_size=4))
def test_a_pattern_fits_whatever_its_stars_are_filled_with(parts: list[str]) -> None:
    words = [part.replace("*", "") for part in parts]
    policy = Policy.model_validate({"rules": {"off": ["*".join(["x", *words, "y"])]}})
    assert policy.silences("a.py", "-".join(["x", *words, "y"]))


@pytest.mark.parametrize("pattern", ["!", "a\\", "[z-a]", "a*b*c*d*e", "****"])
def test_a_pattern_that_can_not_be_used_is_quoted(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|stars"):
        path_spec((pattern,))


def test_a_model_must_be_named_with_its_provider() -> None:
    with pytest.raises(ValidationError, match="PROVIDER:MODEL"):
        Policy.model_validate({"model": {"use": "gpt"}})
