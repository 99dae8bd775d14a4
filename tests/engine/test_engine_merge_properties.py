"""What holds of merging whatever is said, in whatever order."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from factories import a_finding
from foureyes.engine.merge import Merged, merge
from foureyes.engine.policy import Policy
from foureyes.engine.values import MODEL_SOURCE, Finding, RefusalReason, Suggestion
from foureyes.kit.severity import Category, Severity

TITLES = (
    "Mutable default argument is shared",
    "Shared mutable default argument",
    "Empty list raises IndexError",
    "File is never closed",
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    start = draw(st.integers(1, 12))
    fix = draw(st.sampled_from([None, Suggestion(start, start, ("pass",))]))
    return a_finding(
        path=draw(st.sampled_from(["a.py", "b.py"])),
        start_line=start,
        end_line=start + draw(st.integers(0, 3)),
        severity=draw(st.sampled_from(list(Severity))),
        category=draw(st.sampled_from([Category.BUG, Category.SECURITY, Category.API])),
        source=draw(st.sampled_from(["ruff", "bandit", MODEL_SOURCE])),
        rule=draw(st.sampled_from(["B006", "S602", "index-error"])),
        title=draw(st.sampled_from(TITLES)),
        confidence=draw(st.sampled_from([0.5, 0.9, 1.0])),
        suggestion=fix,
    )


def many(most: int = 8) -> st.SearchStrategy[list[Finding]]:
    """Findings whose fingerprints tell them apart, as those of a review do."""
    return st.lists(findings(), max_size=most).map(
        lambda some: [replace(one, fingerprint=f"f{number}") for number, one in enumerate(some)]
    )


def everything(merged: Merged) -> tuple[Finding, ...]:
    return (*merged.findings, *merged.held_back)


@given(many(), st.randoms(use_true_random=False))
def test_the_order_in_which_findings_come_decides_nothing(some: list[Finding], order: Random) -> None:
    shuffled = list(some)
    order.shuffle(shuffled)
    assert merge(some, Policy()) == merge(shuffled, Policy())


@given(many(), st.integers(1, 5))
def test_the_cap_never_holds_back_a_critical_one(some: list[Finding], cap: int) -> None:
    merged = merge(some, Policy(max_findings=cap))
    assert all(one.severity is not Severity.CRITICAL for one in merged.held_back)
    assert sum(one.severity is not Severity.CRITICAL for one in merged.findings) <= cap


@given(many(), st.sampled_from(list(Severity)), st.integers(0, 5))
def test_nothing_under_the_floor_is_said_and_nothing_is_lost_to_it(
    some: list[Finding], floor: Severity, cap: int
) -> None:
    strict, lax = merge(some, Policy(floor=floor, max_findings=cap)), merge(some, Policy(floor=Severity.INFO))
    assert all(one.severity.rank >= floor.rank for one in strict.findings)
    assert {one.fingerprint for one in everything(strict)} == {one.fingerprint for one in everything(lax)}


@given(many())
def test_every_finding_is_said_held_back_joined_or_refused(some: list[Finding]) -> None:
    merged = merge(some, Policy())
    kept = everything(merged)
    joined = {name for one in kept for name in (*one.also, f"{one.source}:{one.rule}")}
    assert {f"{one.source}:{one.rule}" for one in some} == joined
    assert len({one.fingerprint for one in kept}) == len(kept) <= len(some)


@given(many())
def test_the_worst_come_first(some: list[Finding]) -> None:
    ranks = [one.severity.rank for one in merge(some, Policy()).findings]
    assert ranks == sorted(ranks, reverse=True)


@given(many())
def test_merging_again_merges_nothing_more_of_the_models(some: list[Finding]) -> None:
    once = merge([one for one in some if one.source == MODEL_SOURCE], Policy(max_findings=0, floor=Severity.INFO))
    again = merge(once.findings, Policy(max_findings=0, floor=Severity.INFO))
    assert len(again.findings) <= len(once.findings)
    assert {one.fingerprint for one in again.findings} <= {one.fingerprint for one in once.findings}


@given(many())
def test_a_model_never_raises_what_an_analyser_said(some: list[Finding]) -> None:
    own = {one.fingerprint: one.severity.rank for one in some}
    worst = max((one.severity.rank for one in some if one.source != MODEL_SOURCE), default=0)
    for one in everything(merge(some, Policy())):
        if one.source != MODEL_SOURCE:
            assert own[one.fingerprint] <= one.severity.rank <= worst


@given(many())
def test_every_remark_of_a_model_that_is_not_kept_has_a_refusal(some: list[Finding]) -> None:
    merged = merge(some, Policy())
    said = sum(one.source == MODEL_SOURCE for one in some)
    kept = sum(one.source == MODEL_SOURCE for one in everything(merged))
    refused = [one for one in merged.refusals if one.source == MODEL_SOURCE]
    assert said == kept + len(refused)
    assert {one.reason for one in refused} <= {RefusalReason.SAID_TWICE, RefusalReason.ANALYSER_SAID_IT}


@given(many())
def test_dismissing_all_that_was_said_says_nothing(some: list[Finding]) -> None:
    merged = merge(some, Policy(), dismissed=frozenset(one.fingerprint for one in some))
    assert everything(merged) == ()
    assert {one.reason for one in merged.refusals} <= {RefusalReason.DISMISSED}


@given(many())
def test_a_merged_finding_never_loses_the_only_suggestion(some: list[Finding]) -> None:
    fixed = {one.path for one in some if one.suggestion is not None}
    kept = {one.path for one in everything(merge(some, Policy())) if one.suggestion is not None}
    assert kept == fixed
