"""Reports of a team's own tools: SARIF, checkstyle, rdjson; and files that only pretend to be."""

import json
from pathlib import Path

import pytest

from foureyes.analyzers.port import Diagnostic, Replacement
from foureyes.analyzers.reports_in.read import parse_report, read_report
from foureyes.errors import ImportedReportError
from foureyes.kit.severity import Category, Severity

REVIEWDOG = Path("/work/shared/data/diff_samples/reviewdog/_testdata/custom_rdjson.json")
"""Not ours to copy: looked at where it is present."""

CHECKSTYLE = """<?xml version="1.0"?>
<checkstyle version="10">
  <file name="/ci/build/src/A.java">
    <error line="3" column="5" severity="error" message="Unused import." source="com.puppycrawl.checks.UnusedImports"/>
    <error line="0" severity="info" message="Too long" source="eslint.rules.max-len"/>
    <error line="9" severity="ignore" message="not this"/>
  </file>
</checkstyle>"""

SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "CodeQL",
                    "rules": [
                        {
                            "id": "py/sql-injection",
                            "shortDescription": {"text": "SQL injection"},
                            "fullDescription": {"text": "Text from outside reaches a query"},
                            "helpUri": "https://codeql.github.com/x",
                            "defaultConfiguration": {"level": "error"},
                            "messageStrings": {"found": {"text": "From {0} to [query](1)."}},
                            "properties": {"security-severity": "8.8", "precision": "high", "tags": ["security"]},
                        },
                        {"id": "py/slow", "properties": {"tags": ["performance"]}},
                    ],
                }
            },
            "results": [],
        }
    ],
}


def sarif(*results: dict[str, object]) -> bytes:
    document = json.loads(json.dumps(SARIF))
    document["runs"][0]["results"] = list(results)
    return json.dumps(document).encode()


def at(path: str, start: int | None = None, end: int | None = None) -> list[dict[str, object]]:
    region = {key: value for key, value in (("startLine", start), ("endLine", end)) if value}
    return [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": region}}]


def parsed(raw: bytes | str, root: str | None = None) -> list[Diagnostic]:
    data = raw if isinstance(raw, bytes) else raw.encode()
    return parse_report(data, name="report", root=Path(root) if root else None)


def test_sarif_is_read_with_the_rule_that_it_describes() -> None:
    result = {
        "ruleId": "py/sql-injection",
        "message": {"id": "found", "arguments": ["form"]},
        "locations": at("a%20b.py", 3, 5),
    }
    (found,) = parsed(sarif(result))
    assert (found.path, found.start_line, found.end_line) == ("a b.py", 3, 5)
    assert (found.tool, found.rule, found.message) == ("CodeQL", "py/sql-injection", "From form to query")
    assert (found.severity, found.category, found.confidence) == (Severity.HIGH, Category.SECURITY, 0.9)
    assert found.explanation == "Text from outside reaches a query."
    assert found.url == "https://codeql.github.com/x"


def test_sarif_rules_are_found_by_place_too_and_levels_count() -> None:
    (found,) = parsed(sarif({"ruleIndex": 1, "level": "note", "message": {"text": "slow"}, "locations": at("a.py")}))
    assert (found.rule, found.severity, found.category) == ("py/slow", Severity.LOW, Category.PERFORMANCE)


@pytest.mark.parametrize(
    "result",
    [
        {"kind": "pass", "locations": at("a.py")},
        {"baselineState": "absent", "locations": at("a.py")},
        {"suppressions": [{"kind": "inSource"}], "locations": at("a.py")},
        {"message": {"text": "no place"}},
    ],
)
def test_sarif_results_that_do_not_count_are_left_out(result: dict[str, object]) -> None:
    assert parsed(sarif(result)) == []


def test_a_suppression_that_was_rejected_does_not_suppress() -> None:
    result = {
        "message": {"text": "x"},
        "suppressions": [{"kind": "external", "status": "rejected"}],
        "locations": at("a.py"),
    }
    assert len(parsed(sarif(result))) == 1


@pytest.mark.parametrize(
    "uri", ["file:///ci/build/src/a.py", "/ci/build/src/a.py", "src/a.py", "./src/a.py", "src\\a.py"]
)
def test_paths_become_those_of_the_repository(uri: str) -> None:
    (found,) = parsed(sarif({"message": {"text": "x"}, "locations": at(uri)}), root="/ci/build")
    assert found.path == "src/a.py"


def test_a_base_under_the_checkout_counts() -> None:
    document = json.loads(sarif({"message": {"text": "x"}, "locations": at("a.py")}))
    document["runs"][0]["originalUriBaseIds"] = {"SUB": {"uri": "file:///ci/build/sub/"}}
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    location["uriBaseId"] = "SUB"
    assert [one.path for one in parsed(json.dumps(document), root="/ci/build")] == ["sub/a.py"]
    assert [one.path for one in parsed(json.dumps(document), root="/elsewhere")] == ["a.py"]


def test_checkstyle_is_read_with_the_names_of_its_tools() -> None:
    first, second = parsed(CHECKSTYLE, root="/ci/build")
    assert (first.path, first.start_line, first.tool, first.rule) == ("src/A.java", 3, "checkstyle", "UnusedImports")
    assert (first.severity, first.message) == (Severity.HIGH, "Unused import")
    assert (second.start_line, second.tool, second.rule, second.severity) == (1, "eslint", "max-len", Severity.LOW)


def test_rdjson_is_read_with_its_suggestion() -> None:
    report = {
        "source": {"name": "golint"},
        "diagnostics": [
            {
                "message": "exported",
                "severity": "WARNING",
                "code": {"value": "naming", "url": "https://acme.io/naming"},
                "location": {
                    "path": "a.go",
                    "range": {"start": {"line": 3, "column": 1}, "end": {"line": 5, "column": 1}},
                },
                "suggestions": [{"range": {"start": {"line": 3}, "end": {"line": 4}}, "text": "new\nlines\n"}],
            }
        ],
    }
    (found,) = parsed(json.dumps(report))
    assert (found.tool, found.rule, found.severity) == ("golint", "naming", Severity.MEDIUM)
    assert (found.start_line, found.end_line) == (3, 4)
    assert found.replacement == Replacement(3, 4, ("new", "lines"))


def test_rdjsonl_is_one_finding_a_line() -> None:
    lines = [{"message": f"m{line}", "location": {"path": "a", "range": {"start": {"line": line}}}} for line in (1, 2)]
    assert [one.message for one in parsed("\n".join(map(json.dumps, lines)) + "\n")] == ["m1", "m2"]


def test_a_part_of_a_line_is_no_replacement() -> None:
    finding = {
        "message": "m",
        "location": {"path": "a"},
        "suggestions": [{"range": {"start": {"line": 1, "column": 4}, "end": {"line": 1, "column": 6}}, "text": "x"}],
    }
    assert parsed(json.dumps(finding))[0].replacement is None


def test_what_a_report_says_can_not_move_the_cursor_or_link_anywhere() -> None:
    finding = {
        "message": "red \x1b[31m\u202e",
        "location": {"path": "a"},
        "code": {"value": "r", "url": "javascript:alert(1)"},
    }
    (found,) = parsed(json.dumps(finding))
    assert (found.message, found.url) == (r"red \x1b[31m\u{202e}", None)


BILLION_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><checkstyle>&b;</checkstyle>'
HOSTILE = {
    "empty": b"",
    "text": b"all fine",
    "list": b"[]",
    "cut": b'{"runs": [',
    "other xml": b"<html/>",
    "broken xml": b"<checkstyle><file",
    "entities": BILLION_LAUGHS.encode(),
    "external entity": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><checkstyle/>',
    "nesting": b'{"a":' * 100_000,
    "nested runs": b'{"runs":' + b"[" * 100_000,
    "long number": b'{"message": "m", "location": {"path": "a", "range": {"start": {"line": ' + b"9" * 5000 + b"}}}}",
    "lone surrogate": b'{"message": "\\ud800", "location": {"path": "a"}}',
    "wrong types": b'{"runs": {"tool": 1}}',
    "missing parts": b'{"diagnostics": [{}]}',
    "not utf-8": b'{"message": "\xff", "location": {"path": "a"}}',
    "nul": b"\0" * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_report_is_one_clear_sentence(name: str) -> None:
    with pytest.raises(ImportedReportError) as caught:
        parsed(HOSTILE[name])
    assert str(caught.value).startswith("report can't be read as a report: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_lines_that_can_not_be_are_put_right() -> None:
    finding = {"message": "m", "location": {"path": "a", "range": {"start": {"line": -5}, "end": {"line": 10**12}}}}
    (found,) = parsed(json.dumps(finding))
    assert (found.start_line, found.end_line) == (1, 10_000_000)


def test_too_many_findings_and_too_many_bytes_are_refused() -> None:
    line = json.dumps({"message": "m", "location": {"path": "a"}}) + "\n"
    with pytest.raises(ImportedReportError, match="50,001 findings"):
        parsed(line * 50_001)
    with pytest.raises(ImportedReportError, match="larger than 32 MiB"):
        parsed(b" " * ((32 << 20) + 1))


def test_a_report_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "out.xml").write_text(CHECKSTYLE)
    assert len(read_report(tmp_path / "out.xml")) == 2
    with pytest.raises(ImportedReportError, match=r"nowhere\.json can't be read as a report: No such file"):
        read_report(tmp_path / "nowhere.json")


@pytest.mark.skipif(not REVIEWDOG.exists(), reason="reviewdog's own sample is not on this machine")
def test_reviewdogs_own_sample_is_read_whole() -> None:
    found = read_report(REVIEWDOG)
    assert len(found) == len(json.loads(REVIEWDOG.read_bytes())["diagnostics"])
    assert {one.path for one in found} == {"_testdata/custom.txt"}
