"""Rules against files: where they match, what the finding says, and what the fix makes of the lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.matching import diagnose, match
from foureyes.analyzers.port import AnalyzedFile, Diagnostic, Replacement
from foureyes.analyzers.rule import Rule
from foureyes.analyzers.rulefile import load_rules
from foureyes.code.languages import Language
from foureyes.errors import ProcessError
from foureyes.kit.text import decode

SLEEP = """\
id: no-sleep
language: python
message: "`time.sleep($SECONDS)` blocks"
rule: {pattern: time.sleep($SECONDS)}
fix: clock.wait($SECONDS)
"""


def one_rule(text: str) -> Rule:
    (rule,) = load_rules({"house.yml": text})
    return rule


def said(source: str, rule: str = SLEEP, *, path: str = "a.py") -> list[Diagnostic]:
    return diagnose(path, source, Language.PYTHON, [one_rule(rule)])


def test_a_match_becomes_a_finding_with_its_lines_and_captures() -> None:
    (found,) = said("import time\n\ntime.sleep(\n    5,\n)\n")
    assert (found.path, found.start_line, found.end_line) == ("a.py", 3, 5)
    assert (found.tool, found.rule, found.message) == ("team", "no-sleep", "`time.sleep(5)` blocks")


def test_two_matches_on_one_line_are_one_finding() -> None:
    assert [found.start_line for found in said("time.sleep(1); time.sleep(2)\ntime.sleep(3)\n")] == [1, 2]


def test_a_node_that_ends_with_its_newline_ends_on_its_own_line() -> None:
    (found,) = said("if a:\n    b\nc\n", "id: xx\nlanguage: python\nmessage: m\nrule: {kind: module}\n")
    assert (found.start_line, found.end_line) == (1, 3)


def test_a_fix_replaces_whole_lines_and_keeps_what_stands_around() -> None:
    (found,) = said("def f():\n    a(); time.sleep(2)  # why\n")
    assert found.replacement == Replacement(2, 2, ("    a(); clock.wait(2)  # why",))


def test_a_fix_of_several_lines_is_indented_and_ends_lines_as_the_file_does() -> None:
    rule = "id: xx\nlanguage: python\nmessage: m\nrule: {pattern: go($A)}\nfix: |\n  first($A)\n  second()\n"
    (found,) = said("if x:\r\n    go(1)\r\n", rule)
    assert found.replacement == Replacement(2, 2, ("    first(1)\r", "    second()\r"))


def test_an_empty_fix_deletes_the_line() -> None:
    (found,) = said("a\ntime.sleep(1)\nb\n", SLEEP.replace("clock.wait($SECONDS)", "''"))
    assert found.replacement == Replacement(2, 2, ())


def test_a_run_of_captures_is_filled_in_as_it_stands() -> None:
    rule = "id: xx\nlanguage: python\nmessage: m\nrule: {pattern: 'f($A, $$$REST)'}\nfix: g($$$REST, $A, $MISSING)\n"
    (found,) = said("f(1,  2,   x=3)\n", rule)
    assert found.replacement == Replacement(1, 1, ("g(2,   x=3, 1, )",))


def test_a_transformed_capture_is_filled_in() -> None:
    rule = (
        "id: xx\nlanguage: python\nmessage: m\nrule: {pattern: old_$A()}\nfix: new_$NAME()\n"
        "transform: {NAME: {convert: {source: $A, toCase: upperCase}}}\n"
    ).replace("old_$A()", "call($A)")
    (found,) = said("call(name)\n", rule)
    assert found.replacement == Replacement(1, 1, ("new_NAME()",))


def test_bytes_that_are_not_utf_8_survive_a_fix() -> None:
    (found,) = said(decode(b"x = '\xff\xe9'; time.sleep('\xfe')\n"))
    assert found.replacement == Replacement(1, 1, (decode(b"x = '\xff\xe9'; clock.wait('\xfe')"),))


@pytest.mark.parametrize(
    ("path", "count"),
    [("src/a.py", 1), ("src/deep/a.py", 1), ("lib/a.py", 0), ("src/tools/a.py", 0), ("src/tests/test_a.py", 0)],
)
def test_a_rule_keeps_to_its_files(path: str, count: int) -> None:
    rule = SLEEP + "files: ['src/**']\nignores: ['src/tools/']\nmetadata: {skip_tests: true}\n"
    assert len(said("time.sleep(1)\n", rule, path=path)) == count


def test_a_file_in_another_language_is_left_alone() -> None:
    rule = one_rule(SLEEP)
    files = [AnalyzedFile("a.rb", b"time.sleep(1)", Language.RUBY), AnalyzedFile("a", b"time.sleep(1)", None)]
    assert match(files, [rule]) == []


def test_a_prefilter_that_finds_nothing_stops_before_parsing() -> None:
    rule = SLEEP + "metadata: {prefilter: ['sleep\\(\\d{3,}\\)']}\n"
    assert said("time.sleep(10)\n", rule) == []
    assert len(said("time.sleep(100)\n", rule)) == 1


@pytest.mark.parametrize("code", ["x = " + " + ".join(["time.sleep(1)"] * 3000), "time.sleep(" * 2000 + ")" * 2000])
def test_code_that_nests_too_deeply_is_refused_in_one_sentence(code: str) -> None:
    with pytest.raises(ProcessError, match=r"deep\.py:1: nests deeper than 1000 levels"):
        said(code, path="deep.py")


def test_a_very_long_line_gives_one_finding_in_little_time() -> None:
    assert len(said("time.sleep(1);" * 20_000)) == 1


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    rules = [one_rule(SLEEP), one_rule("id: all\nlanguage: python\nmessage: m\nrule: {kind: identifier}\nfix: x\n")]
    last = text.count("\n") + 1
    for found in diagnose("a.py", text + "\ntime.sleep(1)", Language.PYTHON, rules):
        assert 1 <= found.start_line <= found.end_line <= last + 1
