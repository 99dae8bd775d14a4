"""The JSON form keeps its word: the schema that is committed, and a way back."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import CLEAN, REVIEW, hostile_review

from foureyes.engine.reports.document import document, finding_of, read_json, schema_text, write_json
from foureyes.engine.values import Finding, ReviewResult
from foureyes.kit.text import well_formed
from foureyes.llm.port import Usage

COMMITTED = Path(__file__).parents[2] / "docs" / "schemas" / "review-1.json"


@pytest.mark.parametrize("review", [REVIEW, CLEAN, hostile_review()], ids=["findings", "clean", "hostile"])
def test_every_review_fits_the_committed_schema(review: ReviewResult) -> None:
    jsonschema.validate(json.loads(write_json(review)), json.loads(COMMITTED.read_text()))


def test_the_committed_schema_is_the_one_of_the_code() -> None:
    assert COMMITTED.read_text() == schema_text()


def test_what_was_written_reads_back_as_the_same_values() -> None:
    assert read_json(write_json(REVIEW)) == document(REVIEW)


def test_a_finding_carries_the_promised_keys() -> None:
    finding = json.loads(write_json(REVIEW))["findings"][0]
    promised = (
        "path start_line end_line side severity category source rule title explanation evidence suggestion confidence"
        " fingerprint also state trace url"
    )
    assert set(promised.split()) == set(finding)


def test_the_version_of_the_form_comes_first() -> None:
    assert next(iter(json.loads(write_json(CLEAN)).items())) == ("schema", "foureyes.review/1")


def test_an_unknown_price_is_null_and_not_zero() -> None:
    review = replace(REVIEW, usage=Usage(10, 0, 1, None, 1))
    assert json.loads(write_json(review))["usage"]["cost"] is None


def test_names_that_are_not_utf8_become_text_that_any_reader_accepts() -> None:
    written = write_json(hostile_review())
    assert json.loads(written)["findings"][0]["path"].endswith("\N{REPLACEMENT CHARACTER}.py")
    assert written.encode("utf-8")


def test_fields_of_a_later_release_do_not_stop_the_reader() -> None:
    later = json.loads(write_json(REVIEW)) | {"mood": "sunny"}
    assert read_json(json.dumps(later)).headline == REVIEW.headline


@pytest.mark.parametrize("finding", REVIEW.findings)
def test_a_finding_comes_back_out_of_its_part(finding: Finding) -> None:
    part = next(part for part in document(REVIEW).findings if part.fingerprint == finding.fingerprint)
    assert finding_of(part) == finding


@given(st.text(max_size=40))
def test_any_words_survive_as_far_as_json_can_carry_them(words: str) -> None:
    review = replace(REVIEW, headline=words)
    assert read_json(write_json(review)).headline == well_formed(words)


def test_the_schema_lets_later_fields_in() -> None:
    later = json.loads(write_json(REVIEW)) | {"mood": "sunny"}
    jsonschema.validate(later, json.loads(COMMITTED.read_text()))


@pytest.mark.parametrize("key", ["verdict", "findings", "ledger", "usage", "held_back", "refusals"])
def test_the_schema_wants_what_was_promised(key: str) -> None:
    lacking = {name: value for name, value in json.loads(write_json(REVIEW)).items() if name != key}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(lacking, json.loads(COMMITTED.read_text()))
