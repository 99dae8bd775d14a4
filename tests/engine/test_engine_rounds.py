"""Identity from round to round: fingerprints that hold still, and settling that loses and doubles nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_finding
from foureyes.diff.values import Side
from foureyes.engine.fingerprint import fingerprinted
from foureyes.engine.settle import settle
from foureyes.engine.values import MODEL_SOURCE, Finding, FindingState
from foureyes.kit.severity import Category, Severity

LOOKED = frozenset({"a.py", "b.py"})
EVIDENCE = ("x = 1", "return items[0]", "open(path)")


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    line = draw(st.integers(1, 9))
    return a_finding(
        path=draw(st.sampled_from(["a.py", "b.py", "c.py"])),
        start_line=line,
        end_line=line,
        source=draw(st.sampled_from(["ruff", MODEL_SOURCE])),
        rule=draw(st.sampled_from(["B006", "index-error"])),
        evidence=draw(st.sampled_from(EVIDENCE)),
        state=draw(st.sampled_from(list(FindingState))),
    )


def rounds() -> st.SearchStrategy[tuple[Finding, ...]]:
    return st.lists(findings(), max_size=8).map(fingerprinted)


def texts() -> st.SearchStrategy[dict[str, str]]:
    lines = st.lists(st.sampled_from([*EVIDENCE, "pass"]), max_size=4).map("\n".join)
    return st.dictionaries(st.sampled_from(["a.py", "b.py", "c.py"]), lines)


def marks(some: tuple[Finding, ...]) -> list[str]:
    return [one.fingerprint for one in some]


def only(finding: Finding) -> str:
    [marked] = fingerprinted([finding])
    return marked.fingerprint


@given(rounds())
def test_fingerprints_are_32_hex_digits_and_all_different(some: tuple[Finding, ...]) -> None:
    assert len(set(marks(some))) == len(some)
    assert all(len(mark) == 32 and set(mark) <= set("0123456789abcdef") for mark in marks(some))


@given(rounds(), st.integers(1, 500))
def test_moving_the_whole_file_changes_no_fingerprint(some: tuple[Finding, ...], down: int) -> None:
    moved = [replace(one, start_line=one.start_line + down, end_line=one.end_line + down) for one in some]
    assert marks(fingerprinted(moved)) == marks(some)


@given(rounds())
def test_marking_again_marks_the_same(some: tuple[Finding, ...]) -> None:
    assert fingerprinted(some) == some


@given(rounds(), findings())
def test_a_finding_elsewhere_changes_no_other_fingerprint(some: tuple[Finding, ...], other: Finding) -> None:
    elsewhere = replace(other, path="z.py")
    assert marks(fingerprinted([elsewhere, *some]))[1:] == marks(some)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Said in other words"},
        {"explanation": "And explained otherwise"},
        {"severity": Severity.LOW},
        {"confidence": 0.5},
        {"evidence": "  def add(item,   items=[]):  "},
        {"start_line": 9, "end_line": 9},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_other_words_severities_and_blanks_are_the_same_finding(changed: dict[str, object]) -> None:
    assert only(a_finding(**changed)) == only(a_finding())


@pytest.mark.parametrize(
    "changed",
    [{"path": "lib.py"}, {"evidence": "def add(item, to=[]):"}, {"rule": "B008"}, {"side": Side.LEFT}],
    ids=lambda changed: next(iter(changed)),
)
def test_another_cause_is_another_finding(changed: dict[str, object]) -> None:
    assert only(a_finding(**changed)) != only(a_finding())


def test_a_model_may_name_its_rule_as_it_likes_but_not_the_kind_of_harm() -> None:
    said = a_finding(source=MODEL_SOURCE, rule="index-error")
    assert only(said) == only(replace(said, rule="out-of-range"))
    assert only(said) != only(replace(said, category=Category.SECURITY))


def test_text_that_is_not_unicode_still_has_a_fingerprint() -> None:
    assert len(only(a_finding(evidence="caf\udce9", path="\udcff.py"))) == 32


def test_parts_can_not_be_shifted_from_one_field_to_the_next() -> None:
    assert only(a_finding(source="ruff", rule="B006")) != only(a_finding(source="ruffB", rule="006"))


@given(rounds(), rounds(), texts(), st.booleans())
def test_settling_says_no_finding_twice(
    now: tuple[Finding, ...], before: tuple[Finding, ...], sources: dict[str, str], unlooked: bool
) -> None:
    settled = settle(now, before, sources=sources, looked_at=frozenset() if unlooked else LOOKED)
    everything = [*marks(settled.findings), *marks(settled.fixed)]
    assert len(set(everything)) == len(everything)


@given(rounds(), rounds(), texts())
def test_settling_loses_nothing_that_is_said_now(
    now: tuple[Finding, ...], before: tuple[Finding, ...], sources: dict[str, str]
) -> None:
    settled = settle(now, before, sources=sources, looked_at=LOOKED)
    assert set(marks(now)) <= set(marks(settled.findings))


@given(rounds(), rounds(), texts())
def test_what_is_neither_said_nor_fixed_was_closed_or_still_stands_or_was_not_looked_at(
    now: tuple[Finding, ...], before: tuple[Finding, ...], sources: dict[str, str]
) -> None:
    settled = settle(now, before, sources=sources, looked_at=LOOKED)
    named = {*marks(settled.findings), *marks(settled.fixed)}
    for lost in (one for one in before if one.fingerprint not in named):
        closed = lost.state in (FindingState.FIXED, FindingState.DISMISSED)
        stands = lost.evidence in sources.get(lost.path, "")
        assert closed or stands or lost.path not in LOOKED


@given(rounds(), texts())
def test_what_is_fixed_is_fixed_once(before: tuple[Finding, ...], sources: dict[str, str]) -> None:
    first = settle([], before, sources=sources, looked_at=LOOKED)
    second = settle([], [*first.findings, *first.fixed], sources=sources, looked_at=LOOKED)
    assert second.fixed == ()


@given(rounds())
def test_the_same_review_again_has_nothing_new_and_nothing_fixed(before: tuple[Finding, ...]) -> None:
    settled = settle(before, before, sources={}, looked_at=LOOKED)
    assert all(one.state is not FindingState.NEW for one in settled.findings)
    assert settled.fixed == ()


@given(rounds(), rounds())
def test_a_round_that_looked_at_nothing_fixes_nothing(now: tuple[Finding, ...], before: tuple[Finding, ...]) -> None:
    assert settle(now, before, sources={}, looked_at=frozenset()).fixed == ()


def test_evidence_of_several_lines_stands_whatever_its_indentation_and_blank_lines() -> None:
    before = a_finding(evidence="if a:\n    b()", source="ruff")
    text = "def f():\n    if a:\n\n        b()\n"
    assert settle([], [before], sources={"app.py": text}, looked_at=frozenset({"app.py"})).fixed == ()


def test_evidence_whose_lines_were_parted_is_gone() -> None:
    before = a_finding(evidence="if a:\n    b()", source="ruff")
    text = "if a:\n    c()\n    b()\n"
    assert len(settle([], [before], sources={"app.py": text}, looked_at=frozenset({"app.py"})).fixed) == 1
