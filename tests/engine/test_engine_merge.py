"""One problem is one finding, the worst come first, and the cap never hides a critical one."""

from factories import a_finding
from foureyes.engine.merge import merge
from foureyes.engine.policy import Policy, RulePolicy
from foureyes.engine.values import MODEL_SOURCE, RefusalReason, Suggestion
from foureyes.kit.severity import Category, Severity


def test_two_tools_that_say_the_same_become_one_finding_that_names_both() -> None:
    ruff = a_finding(source="ruff", rule="S602", category=Category.SECURITY, title="Shell with user input")
    bandit = a_finding(source="bandit", rule="B602", category=Category.SECURITY, severity=Severity.CRITICAL)
    merged = merge([ruff, bandit], Policy())
    assert len(merged.findings) == 1
    assert merged.findings[0].severity is Severity.CRITICAL
    assert merged.findings[0].also in {("ruff:S602",), ("bandit:B602",)}


def test_a_model_that_repeats_an_analyser_is_refused_with_the_reason() -> None:
    model = a_finding(source=MODEL_SOURCE, rule="mutable-default", title="Mutable default argument is shared")
    merged = merge([model, a_finding()], Policy())
    assert [finding.source for finding in merged.findings] == ["ruff"]
    assert [refusal.reason for refusal in merged.refusals] == [RefusalReason.ANALYSER_SAID_IT]


def test_a_models_suggestion_helps_an_analyser_that_has_none() -> None:
    fix = Suggestion(2, 2, ("def add(item, items=None):",))
    model = a_finding(source=MODEL_SOURCE, title="Mutable default argument is shared", suggestion=fix)
    assert merge([a_finding(), model], Policy()).findings[0].suggestion == fix


def test_different_problems_on_one_line_stay_two() -> None:
    other = a_finding(rule="E722", title="Bare except hides errors", category=Category.MAINTAINABILITY)
    assert len(merge([a_finding(), other], Policy()).findings) == 2


def test_the_same_problem_on_another_line_stays() -> None:
    assert len(merge([a_finding(), a_finding(start_line=40, end_line=40)], Policy()).findings) == 2


def test_what_is_under_the_floor_is_held_back() -> None:
    merged = merge([a_finding(severity=Severity.INFO)], Policy(floor=Severity.LOW))
    assert (len(merged.findings), len(merged.held_back)) == (0, 1)


def test_the_cap_keeps_the_worst_and_every_critical_one() -> None:
    mild = [a_finding(start_line=n * 10, end_line=n * 10, severity=Severity.LOW) for n in range(1, 6)]
    worst = [a_finding(start_line=n * 10, end_line=n * 10, severity=Severity.CRITICAL) for n in range(10, 14)]
    merged = merge([*mild, *worst], Policy(max_findings=3))
    assert [finding.severity for finding in merged.findings] == [Severity.CRITICAL] * 4
    assert len(merged.held_back) == 5


def test_no_cap_says_everything() -> None:
    many = [a_finding(start_line=n * 10, end_line=n * 10) for n in range(1, 40)]
    assert len(merge(many, Policy(max_findings=0)).findings) == 39


def test_policy_switches_rules_off_and_sets_severities() -> None:
    policy = Policy(rules=RulePolicy(off=("ruff:B*",), severity={"oxlint:*": Severity.CRITICAL}))
    oxlint = a_finding(source="oxlint", rule="no-eval", title="Never eval", start_line=30, end_line=30)
    merged = merge([a_finding(), oxlint], policy)
    assert [(finding.source, finding.severity) for finding in merged.findings] == [("oxlint", Severity.CRITICAL)]
    assert [refusal.reason for refusal in merged.refusals] == [RefusalReason.RULE_OFF]


def test_what_was_dismissed_is_not_said_again() -> None:
    merged = merge([a_finding(fingerprint="gone")], Policy(), dismissed=frozenset({"gone"}))
    assert merged.findings == ()
    assert merged.refusals[0].reason is RefusalReason.DISMISSED
