"""The forms that other programs read: GitHub annotations, rdjson, GitLab code quality, checkstyle."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from report_samples import CLEAN, DIVISION, PATH, REMOVED, REVIEW, UNUSED, hostile_review

from foureyes.engine.reports.form import Form
from foureyes.engine.reports.forms import FORMS, write
from foureyes.engine.values import Coverage, FileEntry, Ledger, ReviewResult, Suggestion
from foureyes.kit.severity import Severity
from foureyes.kit.text import printable

DATA = Path(__file__).parents[3] / "shared" / "data"
RDJSON_SCHEMA = DATA / "diff_samples" / "reviewdog" / "proto" / "rdf" / "jsonschema" / "DiagnosticResult.json"


def parsed(review: ReviewResult, form: Form) -> Any:
    return json.loads(write(review, form))


def test_every_form_has_a_writer_that_ends_with_a_newline() -> None:
    assert set(FORMS) == set(Form)
    for form in Form:
        for review in (REVIEW, CLEAN, hostile_review()):
            text = write(review, form)
            assert text.endswith("\n")
            assert text.encode("utf-8")


def test_an_annotation_names_file_lines_and_title() -> None:
    first = write(REVIEW, Form.GITHUB).splitlines()[0]
    assert first == (
        f"::error file={PATH},line=5,endLine=5,title=Division by zero when the basket is empty::"
        "`average([])` divides by zero, so the order page answers 500."
        "%0Amodel:zero-division · 87%25 sure · also ruff:B018"
    )


def test_severities_become_the_three_levels_of_annotations() -> None:
    findings = tuple(replace(UNUSED, severity=severity) for severity in Severity)
    lines = write(replace(REVIEW, findings=findings), Form.GITHUB).splitlines()
    assert [line.split(" ")[0] for line in lines[:5]] == ["::notice", "::notice", "::warning", "::error", "::error"]


def test_an_annotation_on_a_removed_line_names_the_file_only() -> None:
    line = write(replace(REVIEW, findings=(REMOVED,)), Form.GITHUB).splitlines()[0]
    assert line.startswith(f"::warning file={PATH},title=The check went away::")


def test_hostile_words_stay_inside_their_annotation() -> None:
    lines = write(hostile_review(), Form.GITHUB).splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    properties = lines[0].removeprefix("::error ").split("::")[0]
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "endLine", "title"]
    assert "%25" in properties


def as_the_runner_reads(line: str) -> tuple[dict[str, str], str]:
    """Properties and message of a workflow command, by the rules of GitHub's own runner."""
    _, _, rest = line.partition(" ")
    properties, _, data = rest.partition("::")
    pairs = dict(part.split("=", 1) for part in properties.split(","))
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}

    def decoded(text: str) -> str:
        return re.sub("%0D|%0A|%3A|%2C|%25", lambda code: codes[code[0]], text)

    return {key: decoded(value) for key, value in pairs.items()}, decoded(data)


@given(st.text(alphabet="%0A3a:,=\n\r;x é", min_size=1, max_size=20), st.text(alphabet="%25::\n,x", max_size=20))
def test_the_runner_reads_what_was_meant(title: str, explanation: str) -> None:
    finding = replace(DIVISION, title=title, explanation=explanation)
    lines = write(replace(REVIEW, findings=(finding,)), Form.GITHUB).splitlines()
    properties, message = as_the_runner_reads(lines[0])
    assert properties == {"file": PATH, "line": "5", "endLine": "5", "title": printable(title)}
    told = [line for line in message.split("\n") if line]
    assert told == [*filter(None, explanation.splitlines()), "model:zero-division · 87% sure · also ruff:B018"]


def test_files_that_were_not_reviewed_are_annotated_too() -> None:
    review = replace(CLEAN, ledger=Ledger((FileEntry("a,b.py", Coverage.FAILED, "100 % broken"),)))
    assert "::warning file=a%2Cb.py,title=Not wholly reviewed::100 %25 broken" in write(review, Form.GITHUB)


@pytest.mark.skipif(not RDJSON_SCHEMA.exists(), reason="reviewdog's own schema is not beside this checkout")
@pytest.mark.parametrize("review", [REVIEW, CLEAN, hostile_review()], ids=["findings", "clean", "hostile"])
def test_rdjson_fits_reviewdogs_schema(review: ReviewResult) -> None:
    jsonschema.validate(parsed(review, Form.RDJSON), json.loads(RDJSON_SCHEMA.read_text()))


def test_rdjson_replaces_lines_and_deletes_or_inserts_by_columns() -> None:
    inserting = replace(DIVISION, suggestion=Suggestion(4, 3, ("x",), ("applies",)))
    review = replace(REVIEW, findings=(DIVISION, UNUSED, inserting))
    suggestions = [row["suggestions"][0] for row in parsed(review, Form.RDJSON)["diagnostics"]]
    assert suggestions[0]["range"] == {"start": {"line": 5}, "end": {"line": 5}}
    assert suggestions[1] == {"range": {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 1}}, "text": ""}
    assert suggestions[2] == {
        "range": {"start": {"line": 4, "column": 1}, "end": {"line": 4, "column": 1}},
        "text": "x\n",
    }


def test_rdjson_names_source_rule_and_severity() -> None:
    row = parsed(REVIEW, Form.RDJSON)["diagnostics"][2]
    assert row["source"] == {"name": "ruff"}
    assert row["code"] == {"value": "F401", "url": UNUSED.url}
    assert row["severity"] == "INFO"


def test_code_quality_has_a_fingerprint_of_its_own_for_each_entry() -> None:
    review = replace(REVIEW, findings=(DIVISION, DIVISION, UNUSED))
    fingerprints = [entry["fingerprint"] for entry in parsed(review, Form.GITLAB)]
    assert fingerprints == [DIVISION.fingerprint, f"{DIVISION.fingerprint}-2", UNUSED.fingerprint]


def test_code_quality_names_place_check_and_severity() -> None:
    entry = parsed(REVIEW, Form.GITLAB)[0]
    assert entry["location"] == {"path": PATH, "lines": {"begin": 5, "end": 5}}
    assert entry["check_name"] == "model:zero-division"
    assert entry["severity"] == "critical"


def test_code_quality_uses_gitlabs_five_words() -> None:
    findings = tuple(replace(UNUSED, severity=severity) for severity in Severity)
    entries = parsed(replace(REVIEW, findings=findings), Form.GITLAB)
    assert [entry["severity"] for entry in entries] == ["info", "minor", "major", "critical", "blocker"]


def test_checkstyle_gathers_findings_by_file_in_order_of_lines() -> None:
    root = ElementTree.fromstring(write(REVIEW, Form.CHECKSTYLE).encode())
    files = root.findall("file")
    assert [file.get("name") for file in files] == [PATH]
    assert [error.get("line") for error in files[0]] == ["1", None, "5"]


def test_checkstyle_survives_words_that_xml_forbids() -> None:
    finding = replace(DIVISION, title='a \x00 \ufffe ]]> " <b>', explanation="")
    root = ElementTree.fromstring(write(replace(REVIEW, findings=(finding,)), Form.CHECKSTYLE).encode())
    error = root.find("file/error")
    assert error is not None
    assert error.get("message") == 'a \\x00 \ufffd ]]> " <b>'


@given(st.text(max_size=30), st.text(max_size=30))
def test_every_form_for_programs_can_be_read_back_whatever_it_holds(title: str, rule: str) -> None:
    review = replace(REVIEW, findings=(replace(DIVISION, title=title, rule=rule),))
    for form in (Form.JSON, Form.SARIF, Form.RDJSON, Form.GITLAB):
        json.loads(write(review, form).encode("utf-8"))
    ElementTree.fromstring(write(review, Form.CHECKSTYLE).encode())
