"""What a model may answer: read with patience for form, bounded, and never trusted with more than data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from factories import a_candidate, a_file
from foureyes.engine.candidates import (
    MOST_CANDIDATES,
    Candidate,
    Candidates,
    CandidateSide,
    Ruling,
    Verified,
    schema_for,
)
from foureyes.engine.gate import GateFile, gate
from foureyes.engine.values import RefusalReason
from foureyes.kit.severity import Category, Severity

AFTER = "def first(items):\n    return items[0]\n"
FILES = {"app.py": GateFile(a_file("app.py", "", AFTER), tuple(AFTER.split("\n")))}
WORDS = a_candidate().model_dump(mode="json")


def read(**said: object) -> Candidate:
    """One candidate as it comes over the wire: JSON, under the schema of a unit."""
    answer = json.dumps({"candidates": [{**WORDS, **said}]})
    return schema_for(["app.py"]).model_validate_json(answer).candidates[0]


def test_an_answer_becomes_a_candidate_with_its_own_scales() -> None:
    candidate = read(kind="data-loss", severity="critical")
    assert (candidate.kind, candidate.severity) == (Category.DATA_LOSS, Severity.CRITICAL)
    assert candidate.side is CandidateSide.NEW
    assert candidate.replacement is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_line": "second"},
        {"first_line": 2.5},
        {"first_line": None},
        {"quote": 7},
        {"quote": ["return items[0]"]},
        {"kind": "style"},
        {"severity": "blocker"},
        {"confidence": 1.01},
        {"confidence": -0.1},
        {"confidence": "sure"},
        {"title": {"text": "x"}},
        {"replacement": "return None"},
        {"replacement": [1, 2]},
        {"side": "left"},
    ],
    ids=str,
)
def test_a_wrong_type_or_word_is_not_the_schema(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read(**wrong)


@pytest.mark.parametrize("left_out", ["path", "first_line", "quote", "kind", "severity", "confidence", "title"])
def test_what_the_gate_needs_must_be_said(left_out: str) -> None:
    words = {key: value for key, value in WORDS.items() if key != left_out}
    with pytest.raises(ValidationError):
        schema_for(["app.py"]).model_validate({"candidates": [words]})


@pytest.mark.parametrize("answer", ["[]", "{}", "null", '{"candidates": null}', '{"candidates": {}}', "not JSON"])
def test_an_answer_without_a_list_of_candidates_is_not_the_schema(answer: str) -> None:
    with pytest.raises(ValidationError):
        Candidates.model_validate_json(answer)


def test_an_empty_list_is_a_good_answer() -> None:
    assert Candidates.model_validate_json('{"candidates": []}').candidates == []


def test_words_beyond_the_schema_are_left_out() -> None:
    assert "approve" not in read(approve=True, command="git push").model_dump()


def test_a_number_that_is_not_one_is_no_confidence() -> None:
    with pytest.raises(ValidationError):
        Candidates.model_validate_json(json.dumps({"candidates": [{**WORDS, "confidence": float("nan")}]}))


@pytest.mark.parametrize("line", [0, -1, 10**9, 2**63, 2**200, -(2**200)])
def test_lines_that_no_file_has_are_refused_and_not_moved(line: int) -> None:
    placed, refused = gate([read(first_line=line, last_line=line)], FILES)
    assert placed == []
    assert refused[0].reason is RefusalReason.OUTSIDE_CHANGE


def test_a_range_as_wide_as_any_integer_is_not_walked_line_by_line() -> None:
    placed, refused = gate([read(first_line=-(2**80), last_line=2**80)], FILES)
    assert [(one.start_line, one.end_line) for one in placed] in ([], [(1, 2)])
    assert len(placed) + len(refused) == 1


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    placed, refused = gate([read(first_line=2, last_line=1)], FILES)
    assert (placed, len(refused)) == ([], 1)


def test_ten_thousand_candidates_are_cut_to_the_worst_and_the_rest_counted() -> None:
    many = [a_candidate(severity="low", confidence=0.5, title=f"Defect {n}") for n in range(9_999)]
    placed, refused = gate([*many, a_candidate(severity="critical")], FILES)
    assert len(placed) == MOST_CANDIDATES
    assert placed[0].candidate.severity is Severity.CRITICAL
    assert {one.reason for one in refused} == {RefusalReason.OVER_UNIT_LIMIT}
    assert len(refused) == 10_000 - MOST_CANDIDATES


@given(st.text(max_size=300), st.text(max_size=3000))
def test_title_and_explanation_are_bounded_and_a_title_is_one_line(title: str, explanation: str) -> None:
    candidate = a_candidate(title=title, explanation=explanation, rule=title)
    assert max(len(candidate.title), len(candidate.rule)) <= 80
    assert len(candidate.title.splitlines()) <= 1
    assert len(candidate.explanation) <= 1000


@pytest.mark.parametrize("said", ["\ud800", "a\x00b", "\u202egnp.exe", "\U000e0041", "\x1b[2J", "e\u0301" * 400])
def test_hostile_text_is_carried_as_text_and_proves_no_quote(said: str) -> None:
    candidate = a_candidate(quote=said, title=said, explanation=said)
    placed, refused = gate([candidate], FILES)
    assert placed == []
    assert refused[0].reason is RefusalReason.NO_QUOTE


@pytest.mark.parametrize("quote", ["", " ", "\n\n\n", "\t", "+", "  12 | ", "|"])
def test_a_quote_of_nothing_proves_nothing(quote: str) -> None:
    _, refused = gate([read(quote=quote)], FILES)
    assert refused[0].reason is RefusalReason.NO_QUOTE


@pytest.mark.parametrize("path", ["", "../app.py", "/etc/passwd", "APP.PY", "app.py\n", "app.py\0", "b/app.py"])
def test_a_file_that_the_unit_does_not_have_costs_its_own_candidate_only(path: str) -> None:
    placed, refused = gate([read(path=path), read()], FILES)
    assert [one.path for one in placed] == ["app.py"]
    assert [one.reason for one in refused] == [RefusalReason.UNKNOWN_FILE]


def test_a_schema_lists_each_path_once_whatever_the_order() -> None:
    assert schema_for(["b.py", "a.py", "b.py"]) is schema_for(["a.py", "b.py"])


@pytest.mark.parametrize("path", ['a"b.py', "a\\b.py", "ä/ö.py", "a b.py", "a{}.py"])
def test_a_hostile_path_is_named_in_the_schema_as_it_is(path: str) -> None:
    schema = json.loads(json.dumps(schema_for([path]).model_json_schema()))
    assert schema["$defs"]["Candidate"]["properties"]["path"]["enum"] == [path]


def test_the_schema_tells_the_model_what_each_field_means() -> None:
    properties = schema_for(["a.py"]).model_json_schema()["$defs"]["Candidate"]["properties"]
    silent = [name for name, field in properties.items() if "description" not in field and "$ref" not in field]
    assert silent == []


def test_a_candidate_cannot_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError):
        a_candidate().__setattr__("severity", Severity.LOW)


@pytest.mark.parametrize("ruling", list(Ruling))
def test_a_verdict_needs_nothing_but_its_ruling(ruling: Ruling) -> None:
    verified = Verified.model_validate({"verdict": ruling.value})
    assert (verified.severity, verified.line, verified.reason) == (None, None, "")


def test_a_verdict_outside_the_three_words_is_not_the_schema() -> None:
    with pytest.raises(ValidationError):
        Verified.model_validate({"verdict": "probably"})


def test_a_verifiers_reason_is_bounded() -> None:
    assert len(Verified(verdict=Ruling.NOT, reason="word " * 5000).reason) <= 1000
