"""Trying rules on their own examples: each way in which an example can be wrong is told."""

import pytest

from foureyes.analyzers.port import Replacement
from foureyes.analyzers.rulefile import load_rules
from foureyes.analyzers.ruletest import applied, try_rules


def failures(tests: str, **keys: str) -> list[str]:
    texts = {"language": "python", "rule": "{pattern: go($A)}"} | keys
    body = "".join(f"{key}: {value}\n" for key, value in texts.items())
    return [str(one) for one in try_rules(load_rules({"house.yml": f"id: one\nmessage: m\n{body}{tests}"}))]


def test_right_examples_give_no_failure() -> None:
    assert failures("tests: {bad: ['go(1)'], good: ['stay(1)']}", fix="stay($A)") == []


@pytest.mark.parametrize(
    ("tests", "keys", "said"),
    [
        ("", {}, "team:one (house.yml): needs at least one bad and one good example under `tests`"),
        (
            "tests: {bad: ['stay(1)'], good: [x]}",
            {},
            "example bad 1 as python): must match on line 1, but matches on no",
        ),
        ("tests: {bad: ['go(1)'], good: [x, 'go(2)']}", {}, "example good 2 as python): is matched on line 1"),
        ('tests: {bad: ["a\\ngo(1)"], good: [x]}', {}, "mark the expected one with a comment that says `here`"),
        ('tests: {bad: ["a # here\\ngo(1)"], good: [x]}', {}, "must match on line 1, but matches on line 2"),
        ("tests: {bad: ['go(1)'], good: [x]}", {"fix": "go($A)"}, "still matches after the fix: 'go(1)'"),
        ("tests: {bad: ['go(1)'], good: [x]}", {"fix": "'stay($A'"}, "no longer parses after the fix: 'stay(1'"),
    ],
)
def test_a_wrong_example_is_told(tests: str, keys: dict[str, str], said: str) -> None:
    (failure,) = failures(tests, **keys)
    assert said in failure


def test_an_example_is_tried_in_every_language_of_the_rule() -> None:
    keys = {"language": "python", "metadata": "{also: [javascript]}"}
    told = failures("tests: {bad: ['go(1)'], good: ['go(1, 2)', 'pass']}", **keys)
    assert told == []
    told = failures('tests: {bad: ["go(1)"], good: ["x = 1 // go(2)"]}', **keys)
    assert [failure for failure in told if "as python" in failure] != []
    assert [failure for failure in told if "as javascript" in failure] == []


def test_a_fix_of_several_matches_is_tried_as_a_whole() -> None:
    tests = 'tests: {bad: ["go(1) # here\\nx\\ngo(2) # here"], good: [x]}'
    assert failures(tests, fix="stay($A)") == []


def test_a_replacement_without_lines_deletes() -> None:
    assert applied("a\nb\nc", Replacement(2, 2, ())) == "a\nc"
    assert applied("a\nb\nc", Replacement(2, 3, ("d", "e"))) == "a\nd\ne"
