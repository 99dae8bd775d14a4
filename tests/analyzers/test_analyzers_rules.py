"""The rule pack: every rule fits the schema, holds its own examples, and is told well."""

from collections import Counter
from dataclasses import replace

import pytest

from foureyes.analyzers.prefilter import Prefilter
from foureyes.analyzers.rule import Examples, Rule
from foureyes.analyzers.rulefile import PACK_LANGUAGES, all_packaged_rules, load_rules, pack_texts, packaged_rules
from foureyes.analyzers.ruletest import list_rules, try_rules
from foureyes.code.languages import Language
from foureyes.kit.severity import Severity

RULES = all_packaged_rules()


def by_id(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_holds_its_examples(rule: Rule) -> None:
    assert [str(failure) for failure in try_rules([rule])] == []


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_prefilter_lets_every_bad_example_pass(rule: Rule) -> None:
    assert rule.prefilter != Prefilter(), "without one, every file of the language is parsed"
    assert all(rule.prefilter.admits(code) for code in rule.examples.bad)


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: Rule) -> None:
    assert len(rule.message) <= 90
    assert not rule.message.endswith(".")
    assert 40 <= len(rule.note) <= 400
    assert rule.note.endswith((".", "`"))
    assert 0.5 <= rule.confidence < 1


def test_every_file_of_the_pack_passes_for_a_rule_file_of_a_team() -> None:
    assert len(load_rules(pack_texts())) == len(RULES)


def test_there_are_enough_rules_for_each_language() -> None:
    counted = {language: len(packaged_rules(language)) for language in PACK_LANGUAGES}
    assert len(RULES) >= 75
    assert min(counted.values()) >= 5
    assert min(counted[Language.PYTHON], counted[Language.TYPESCRIPT], counted[Language.TSX]) >= 20


def test_ids_are_unique_and_named_after_their_language() -> None:
    assert [rule_id for rule_id, times in Counter(rule.id for rule in RULES).items() if times > 1] == []
    prefixes = {rule.id.split("-")[0] for rule in RULES}
    languages = {"c", "cpp", "csharp", "go", "java", "js", "kotlin", "php", "python", "ruby", "rust", "ts"}
    assert prefixes == languages


def test_the_list_holds_our_rules_and_then_those_of_the_team() -> None:
    team = "id: no-print\nlanguage: python\nmessage: Log instead\nrule: {pattern: print($$$)}\n"
    listed = list_rules({".foureyes/rules/house.yml": team})
    assert [rule.name for rule in listed[-2:]] == [f"structural:{RULES[-1].id}", "team:no-print"]
    assert listed[-1].severity is Severity.MEDIUM


def test_a_review_reads_the_same_rules_without_their_examples() -> None:
    packed = {rule.id: rule for language in PACK_LANGUAGES for rule in packaged_rules(language)}
    assert packed == {rule.id: replace(rule, examples=Examples()) for rule in RULES}


def test_a_language_without_rules_has_none() -> None:
    assert packaged_rules(Language.HASKELL) == ()
