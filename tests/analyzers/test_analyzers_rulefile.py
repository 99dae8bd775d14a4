"""Rule files of a team: read when they are right, refused in one sentence with file and line when they are not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.rule import language_named
from foureyes.analyzers.rulefile import load_rules
from foureyes.code.languages import Language
from foureyes.errors import RuleError
from foureyes.kit.severity import Category, Severity

PATH = ".foureyes/rules/house.yml"
KEYS = ["pattern", "kind", "regex", "has", "inside", "any", "all", "not", "nthChild", "stopBy", "field", "matches", "x"]

WHOLE = """\
id: no-sleep
language: py
severity: error
message: Sleeping in a handler
note: It blocks the worker.
files: ["src/**"]
ignores: ["src/tools/**"]
rule: {pattern: time.sleep($SECONDS)}
fix: clock.wait($SECONDS)
metadata:
  category: performance
  severity: critical
  confidence: 0.5
  url: https://example.org/no-sleep
  skip_tests: true
  also: [ts]
tests: {bad: [time.sleep(1)], good: [clock.wait(1)]}
"""


def refused(text: str) -> str:
    with pytest.raises(RuleError) as caught:
        load_rules({PATH: text})
    return str(caught.value)


def rule_text(**changes: str) -> str:
    keys = {"id": "one", "language": "python", "message": "m", "rule": "{pattern: a}"} | changes
    return "".join(f"{key}: {value}\n" for key, value in keys.items())


def test_a_rule_is_read_with_all_its_keys() -> None:
    (rule,) = load_rules({PATH: WHOLE})
    assert (rule.name, rule.origin, rule.message) == ("team:no-sleep", PATH, "Sleeping in a handler")
    assert (rule.severity, rule.category, rule.confidence) == (Severity.CRITICAL, Category.PERFORMANCE, 0.5)
    assert rule.reach.languages == (Language.PYTHON, Language.TYPESCRIPT)
    assert (rule.reach.files, rule.reach.ignores, rule.reach.skip_tests) == (("src/**",), ("src/tools/**",), True)
    assert (rule.fix, rule.url) == ("clock.wait($SECONDS)", "https://example.org/no-sleep")
    assert (rule.examples.bad, rule.examples.good) == (("time.sleep(1)",), ("clock.wait(1)",))


def test_a_rule_of_few_words_has_fitting_defaults() -> None:
    (rule,) = load_rules({PATH: rule_text()})
    assert (rule.severity, rule.category, rule.fix, rule.url) == (Severity.MEDIUM, Category.POLICY, None, None)


def test_several_documents_and_files_make_one_list() -> None:
    texts = {"b.yml": rule_text(id="three"), "a.yml": f"{rule_text()}---\n{rule_text(id='two')}---\n"}
    assert [rule.id for rule in load_rules(texts)] == ["one", "two", "three"]


def test_a_rule_switched_off_is_left_out() -> None:
    assert load_rules({PATH: rule_text(severity="off")}) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: x\n  y: z: a\n", f"{PATH}:2: is not YAML"),
        ("- a\n- b\n", "is not of type 'object'"),
        ("id: one\nlanguage: python\n", "'message' is a required property"),
        (rule_text(id="Bad_Id"), f"{PATH}:1: `id`: 'Bad_Id' does not match"),
        (rule_text(severity="fatal"), f"{PATH}:5: `severity`: 'fatal' is not one of"),
        (rule_text(language="fortran"), "there is no grammar for the language 'fortran'"),
        (rule_text(language="dockerfile"), "there is no grammar for the language 'dockerfile'"),
        (rule_text(rule="{any: [{pattern: a}, {patern: b}]}"), f"{PATH}:4: `rule.any.1`: Additional properties"),
        (rule_text(rule="{kind: no_such_kind}"), f"{PATH}:4: rule `one` (python): "),
        (rule_text(rule="{kind: call, regex: '('}"), "regex parse error"),
        (rule_text(rule="{pattern: ''}"), f"{PATH}:4: `rule.pattern`"),
        (rule_text(rule="{matches: nowhere}"), "Rule `nowhere` is not defined"),
        (rule_text(rule="{kind: call, has: {kind: x, stopBy: far}}"), f"{PATH}:4: `rule.has.stopBy`"),
        (rule_text(metadata="{prefilter: ['(']}"), "`metadata.prefilter` '('"),
        (rule_text(rule="&a {pattern: x}", utils="{u: *a}"), "uses the alias *a: write it out"),
        (rule_text(rule="{pattern: x, pattern: y}"), "the key 'pattern' is there twice"),
        (rule_text() + "---\n" + rule_text(), f"rule `one` is also in {PATH}"),
        (rule_text(rule="{}"), f"{PATH}:4: `rule`"),
        ("[" * 100_000, "nests deeper than 40 levels"),
        ("a" * 300_000, "is larger than 256 KiB"),
        ("? [1]\n: 2\n", "is not YAML"),
        ("a: 2020-13-45\n", "is not YAML"),
        ("a: \x00\n", "is not YAML"),
    ],
)
def test_a_broken_rule_is_refused_with_its_place(text: str, said: str) -> None:
    sentence = refused(text)
    assert said in sentence
    assert sentence.startswith(PATH)
    assert sentence.endswith("Mend the rule, then try `foureyes rules test`.")
    assert "Stack backtrace" not in sentence


def test_too_many_rules_are_refused() -> None:
    assert "more than 500 rules" in refused("---\n".join(rule_text(id=f"r{number}") for number in range(501)))


@given(st.text(max_size=200))
def test_no_text_at_all_makes_it_crash(text: str) -> None:
    try:
        load_rules({PATH: text})
    except RuleError as exc:
        assert str(exc).startswith(PATH)  # noqa: PT017 - most texts are no rules, and a few are no documents at all


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
        max_leaves=8,
    )
)
def test_no_rule_of_any_shape_makes_it_crash(shape: object) -> None:
    try:
        load_rules({PATH: rule_text(rule=json.dumps(shape))})
    except RuleError as exc:
        assert str(exc).startswith(PATH)  # noqa: PT017 - nearly every shape is refused, and none may do worse


@pytest.mark.parametrize(
    ("name", "language"),
    [("Python", Language.PYTHON), ("ts", Language.TYPESCRIPT), ("C#", Language.CSHARP), ("golang", Language.GO)],
)
def test_languages_go_by_the_names_of_ast_grep(name: str, language: Language) -> None:
    assert language_named(name) is language


@pytest.mark.parametrize("name", ["sql", "toml", "", "cobol"])
def test_a_language_without_a_grammar_has_no_name(name: str) -> None:
    assert language_named(name) is None
