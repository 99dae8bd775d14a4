"""SARIF: rules, places, fixes; and Microsoft's own validator with GitHub's rules, where it is installed."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import CLEAN, DIVISION, HOSTILE_NAME, PATH, REMOVED, REVIEW, TEXT, UNUSED, hostile_review

from foureyes.engine.reports.sarif import relative_uri, write_sarif
from foureyes.engine.suggest import apply
from foureyes.engine.values import Finding, ReviewResult, Suggestion
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import encode


def run(review: ReviewResult) -> dict[str, Any]:
    log = json.loads(write_sarif(review))
    assert log["version"] == "2.1.0"
    return dict(log["runs"][0])


def fixed(finding: Finding, text: str) -> str:
    """The text after a SARIF consumer has applied the finding's fix, as the standard tells it to."""
    result = run(replace(REVIEW, findings=(finding,), sources={finding.path: text}))["results"][0]
    change = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    region = change["deletedRegion"]
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    start = starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
    return text[:start] + str(change["insertedContent"]["text"]) + text[end:]


def test_each_result_points_to_its_rule() -> None:
    sarif = run(REVIEW)
    rules = sarif["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in sarif["results"]] == [
        "model/zero-division",
        "ruff/B006",
        "ruff/F401",
    ]


def test_every_rule_has_the_words_that_github_wants() -> None:
    for rule in run(REVIEW)["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]


def test_two_findings_of_one_rule_share_it_and_the_worse_one_sets_its_level() -> None:
    mild = replace(DIVISION, severity=Severity.INFO, fingerprint="b")
    rules = run(replace(REVIEW, findings=(mild, DIVISION)))["tool"]["driver"]["rules"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error"]


def test_security_rules_carry_the_number_that_github_sorts_by() -> None:
    finding = replace(DIVISION, category=Category.SECURITY, severity=Severity.CRITICAL)
    rule = run(replace(REVIEW, findings=(finding,)))["tool"]["driver"]["rules"][0]
    assert rule["properties"] == {"tags": ["security"], "security-severity": "9.5"}


def test_a_result_carries_fingerprint_place_and_snippet() -> None:
    result = run(REVIEW)["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert result["partialFingerprints"] == {"foureyes/v1": DIVISION.fingerprint}
    assert place["artifactLocation"] == {"uri": PATH, "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {
        "startLine": 5,
        "endLine": 5,
        "snippet": {"text": "    return total / len(prices)"},
    }


def test_a_removed_line_points_to_the_whole_file_and_says_which_it_was() -> None:
    result = run(replace(REVIEW, findings=(REMOVED,)))["results"][0]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "endLine": 6}
    assert "(removed line 4)" in result["message"]["text"]


def test_a_fix_replaces_whole_lines() -> None:
    assert fixed(DIVISION, TEXT) == TEXT.replace("len(prices)\n", "len(prices) if prices else 0.0\n")


def test_a_fix_without_lines_takes_the_line_away_with_its_newline() -> None:
    assert fixed(UNUSED, TEXT) == TEXT.removeprefix("import os\n")


def test_a_fix_keeps_the_line_ends_of_the_file() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert fixed(DIVISION, text) == text.replace("len(prices)\r\n", "len(prices) if prices else 0.0\r\n")


def test_a_fix_of_a_last_line_without_newline_leaves_none() -> None:
    assert fixed(DIVISION, TEXT.removesuffix("\n")).endswith("if prices else 0.0")


def test_a_fix_may_insert_before_a_line() -> None:
    inserting = replace(DIVISION, suggestion=Suggestion(4, 3, ("    assert prices",), ("applies",)))
    assert fixed(inserting, TEXT).split("\n")[2:5] == [
        "def average(prices):",
        "    assert prices",
        "    total = sum(prices)",
    ]


@given(
    lines=st.lists(st.sampled_from(["", "a", "b c", "\U0001f600"]), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    closed=st.booleans(),
    put=st.lists(st.sampled_from(["x", "  y", ""]), max_size=3),
    data=st.data(),
)
def test_a_fix_does_what_foureyes_itself_does(
    lines: list[str], end: str, closed: bool, put: list[str], data: st.DataObject
) -> None:
    lines[-1] = lines[-1] or "z"
    text = end.join(lines) + (end if closed else "")
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    suggestion = Suggestion(first, last, tuple(put), ("applies",))
    if put or closed or last < len(lines):
        assert fixed(replace(DIVISION, suggestion=suggestion), text) == apply(text, suggestion)


def test_what_could_not_look_is_told_as_a_notification() -> None:
    invocation = run(CLEAN)["invocations"][0]
    texts = [note["message"]["text"] for note in run(REVIEW)["invocations"][0]["toolExecutionNotifications"]]
    assert "oxlint missing: not installed" in texts
    assert invocation["executionSuccessful"] is True
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("No model was asked")


def test_a_review_with_gaps_is_no_success() -> None:
    assert run(hostile_review())["invocations"][0]["executionSuccessful"] is False


@given(st.binary(min_size=1, max_size=30).filter(lambda raw: b"\0" not in raw))
def test_a_uri_gives_the_very_bytes_of_the_name_back_and_has_no_scheme(raw: bytes) -> None:
    uri = relative_uri(raw.decode("utf-8", "surrogateescape"))
    assert unquote_to_bytes(uri) == raw
    assert ":" not in uri


def test_a_hostile_name_is_percent_encoded() -> None:
    uri = run(hostile_review())["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri) == encode(HOSTILE_NAME)


@pytest.mark.opt_in
@pytest.mark.skipif("SARIF_MULTITOOL" not in os.environ, reason="SARIF_MULTITOOL names no native Sarif.Multitool")
@pytest.mark.parametrize("review", [REVIEW, CLEAN, hostile_review()], ids=["findings", "clean", "hostile"])
def test_the_multitool_finds_no_error_by_githubs_rules(review: ReviewResult, tmp_path: Path) -> None:
    (tmp_path / "review.sarif").write_text(write_sarif(review))
    subprocess.run(
        [
            os.environ["SARIF_MULTITOOL"],
            "validate",
            "review.sarif",
            "--rule-kind",
            "Sarif;Ghas",
            "--output",
            "out.sarif",
        ],
        cwd=tmp_path,
        env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )
    found = json.loads((tmp_path / "out.sarif").read_text("utf-8-sig"))["runs"][0]["results"]
    assert [result["message"] for result in found if result.get("level", "warning") == "error"] == []
    # The one warning that stays: this project has no home page to point to.
    assert {result["ruleId"] for result in found if result.get("level", "warning") == "warning"} <= {"SARIF2005"}
