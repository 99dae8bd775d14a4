"""Prefilters: what a rule requires of a text before it is parsed, and never more than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.prefilter import Prefilter, bounded, prefilter


def words(rule: object, **more: object) -> set[frozenset[str]]:
    return set(prefilter({"rule": rule, **more}).words)


def sets(*alternatives: str) -> set[frozenset[str]]:
    return {frozenset(one.split("|")) for one in alternatives}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"pattern": "yaml.load($DOC, Loader=$L)"}, sets("yaml", "load", "Loader")),
        ({"pattern": "$A + $B"}, set()),
        ({"regex": "^(get|post)$"}, sets("get|post")),
        ({"regex": "rm -rf"}, sets("rm -rf")),
        ({"regex": r"\.sort\("}, sets(".sort(")),
        ({"regex": "a.c"}, set()),
        ({"regex": "(?i)select"}, set()),
        ({"regex": "(a|)"}, set()),
        ({"kind": "call", "has": {"regex": "^eval$"}}, sets("eval")),
        ({"all": [{"pattern": "open($A)"}, {"inside": {"pattern": "with $B"}}]}, sets("open", "with")),
        ({"any": [{"pattern": "os.system($A)"}, {"regex": "^popen$"}]}, sets("system|popen")),
        ({"any": [{"pattern": "system($A)"}, {"kind": "call"}]}, set()),
        ({"not": {"pattern": "absent()"}, "kind": "call"}, set()),
        ({"pattern": {"context": "class A { init() {} }", "selector": "method_definition"}}, set()),
        ({"pattern": {"context": "def f(): pass", "strictness": "signature"}}, set()),
        ({"pattern": {"context": "import os"}}, sets("import")),
        ("nonsense", set()),
    ],
)
def test_words_follow_from_a_rule(rule: object, expected: set[frozenset[str]]) -> None:
    assert words(rule) == expected


def test_words_follow_from_utilities_even_when_they_name_each_other() -> None:
    utilities = {"a": {"any": [{"regex": "^one$"}, {"matches": "b"}]}, "b": {"all": [{"pattern": "two"}]}}
    assert words({"matches": "a"}, utils=utilities) == sets("one|two")
    assert words({"matches": "c"}, utils={"c": {"matches": "c"}}) == set()


def test_constraints_prove_nothing() -> None:
    assert words({"pattern": "run($A)"}, constraints={"A": {"regex": "^shell$"}}) == sets("run")


def test_what_the_author_tells_comes_on_top() -> None:
    told = prefilter({"rule": {"kind": "call"}}, ["async|await", r"Effect\(\s*async"])
    assert told == Prefilter((frozenset({"async", "await"}),), (r"Effect\(\s*async",))
    assert told.admits("useEffect( async () => {})")
    assert not told.admits("useEffect(() => { go(async () => {}) })")
    assert not told.admits("Effect")


@pytest.mark.parametrize(
    ("pattern", "closed"),
    [
        (r"a*b+", "a{0,200}b{1,200}"),
        (r"a*?b{3,}", "a{0,200}?b{3,200}"),
        (r"\*[*+]\+[^]+]x{2}", r"\*[*+]\+[^]+]x{2}"),
        (r"\s*\(\s*async", r"\s{0,200}\(\s{0,200}async"),
    ],
)
def test_repeats_are_closed_so_that_no_text_makes_them_slow(pattern: str, closed: str) -> None:
    assert bounded(pattern) == closed


def test_hostile_text_costs_little() -> None:
    slow = prefilter({"rule": {"kind": "call"}}, [r"await [^;]*x"])
    assert not slow.admits("await " * 80_000)


@given(st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=4), st.text("abc|.", max_size=20))
def test_a_text_passes_when_any_word_of_each_set_is_in_it(alternatives: list[str], text: str) -> None:
    admitted = prefilter({"rule": {"regex": "|".join(alternatives)}}).admits(text)
    assert admitted == any(word in text for word in alternatives)
