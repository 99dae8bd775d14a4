"""Results as the server keeps them: loaded, they write the same reports."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from report_samples import CLEAN, DIVISION, HOSTILE_NAME, PATH, REVIEW, SOURCES, hostile_review
from test_reports_diagnosis import SOLVED
from test_reports_map import MAP

import planted_repository
from foureyes.diff.values import Change
from foureyes.engine.collect import collect
from foureyes.engine.reports.document import document
from foureyes.engine.reports.markdown import write_markdown
from foureyes.engine.reports.stored import (
    StoredResultError,
    dump_architecture,
    dump_diagnosis,
    dump_review,
    load_architecture,
    load_diagnosis,
    load_review,
)
from foureyes.engine.reports.terminal import write_terminal
from foureyes.engine.request import CommitRange, Request
from foureyes.engine.run import review
from foureyes.engine.wholefiles import whole
from foureyes.kit.text import well_formed

KEY = "AKIA" + "Z7VRSQ5TJN2XMPLW"
any_text = some.text(some.characters(codec=None), max_size=40)


def test_a_review_comes_back_as_it_was() -> None:
    assert load_review(dump_review(REVIEW)) == REVIEW
    assert load_review(dump_review(CLEAN)) == CLEAN


def test_bytes_that_are_not_utf8_come_back_as_the_replacement_character() -> None:
    back = load_review(dump_review(hostile_review()))
    assert back.findings[0].path == HOSTILE_NAME.replace("\udcff", "\ufffd")
    assert load_review(dump_review(back)) == back


@given(any_text, any_text, some.one_of(some.none(), some.integers(0, 2**53)), some.floats(0, 1))
def test_any_words_and_numbers_come_back(title: str, path: str, cost: int | None, confidence: float) -> None:
    finding = replace(DIVISION, title=title, path=path, confidence=confidence)
    result = replace(REVIEW, findings=(finding,), usage=replace(REVIEW.usage, cost=cost), sources={path: title})
    back = load_review(dump_review(result))
    assert (back.findings[0].title, back.findings[0].path) == (well_formed(title), well_formed(path))
    assert (back.usage.cost, back.findings[0].confidence) == (cost, confidence)
    assert load_review(dump_review(back)) == back


async def test_the_planted_repository_gives_the_same_reports_from_its_stored_review(tmp_path: Path) -> None:
    repository = planted_repository.build(tmp_path / "planted")
    material = await collect(Request(CommitRange("base..change"), repository))
    result = await review(material)
    back = load_review(dump_review(result))
    assert len(result.findings) > 5
    assert document(back) == document(result)
    assert write_markdown(back) == write_markdown(result)
    assert write_terminal(back) == write_terminal(result)


def test_secrets_in_changed_lines_are_not_stored() -> None:
    result = replace(REVIEW, change=Change("a", "b", (whole("config.py", f'KEY = "{KEY}"\n'.encode()),)))
    raw = dump_review(result)
    assert KEY.encode() not in raw
    assert b"KEY = " in raw


def test_a_private_key_of_several_lines_is_not_stored() -> None:
    body = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ" + "C7" * 6 for _ in range(4)]
    key = "\n".join(["-----BEGIN PRIVATE " + "KEY-----", *body, "-----END PRIVATE " + "KEY-----", "last = 1", ""])
    result = replace(REVIEW, change=Change("a", "b", (whole("id.pem", key.encode()),)))
    back = load_review(dump_review(result))
    assert body[0].encode() not in dump_review(result)
    assert back.change.files[0].hunks[0].lines[-1].text == "last = 1"


def test_a_large_review_loses_the_code_that_no_finding_is_about() -> None:
    elsewhere = whole("elsewhere.py", b"x = 1\n" * 10_000)
    result = replace(REVIEW, change=replace(REVIEW.change, files=(*REVIEW.change.files, elsewhere)))
    small = dump_review(result, largest=300_000)
    back = load_review(small)
    assert len(small) < len(dump_review(result))
    assert back.change.added == result.change.added
    assert back.change.file(PATH) == REVIEW.change.file(PATH)
    assert back.findings == result.findings


def test_a_huge_review_loses_its_sources_too_but_no_finding() -> None:
    result = replace(REVIEW, sources={PATH: "x = 1\n" * 100_000})
    raw = dump_review(result, largest=20_000)
    assert len(raw) < 20_000
    assert load_review(raw).findings == REVIEW.findings
    assert load_review(raw).ledger == REVIEW.ledger


def test_a_diagnosis_comes_back_with_its_sources() -> None:
    back = load_diagnosis(dump_diagnosis(SOLVED, SOURCES))
    assert (back.diagnosis, back.sources) == (SOLVED, SOURCES)


def test_what_a_patch_makes_of_a_file_is_stored_without_its_secrets() -> None:
    leaky = replace(SOLVED, patch=(replace(SOLVED.patch[0], after=f'KEY = "{KEY}"\n'),))
    raw = dump_diagnosis(leaky, {})
    assert KEY.encode() not in raw
    assert b"KEY = " in raw


def test_a_large_diagnosis_keeps_the_patch_as_a_diff() -> None:
    large = replace(SOLVED, patch=(replace(SOLVED.patch[0], after="x = 1\n" * 10_000),))
    back = load_diagnosis(dump_diagnosis(large, SOURCES, largest=10_000))
    assert (back.sources, back.diagnosis.patch[0].after) == ({}, "")
    assert back.diagnosis.patch[0].diff == SOLVED.patch[0].diff


def test_an_architecture_comes_back_as_it_was() -> None:
    assert load_architecture(dump_architecture(MAP)) == MAP


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"form": "foureyes.stored-review/2", "value": {}}'])
def test_what_is_no_stored_review_is_refused_with_what_to_do(raw: bytes) -> None:
    with pytest.raises(StoredResultError, match="have the review done again"):
        load_review(raw)


def test_a_review_under_another_name_is_refused() -> None:
    raw = dump_review(REVIEW).replace(b"stored-review/1", b"stored-review/9")
    with pytest.raises(StoredResultError, match="it is foureyes"):
        load_review(raw)


def test_one_kind_is_not_read_as_another() -> None:
    with pytest.raises(StoredResultError):
        load_architecture(dump_review(REVIEW))
