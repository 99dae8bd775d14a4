"""oxlint: defects in JavaScript and TypeScript. Each rule of the table has an example with its line marked."""

import re
import subprocess
from pathlib import Path

import pytest
from analyzers_house import marked, places, said_by

from foureyes.analyzers import programs
from foureyes.analyzers.oxlint import ANALYZER
from foureyes.analyzers.oxlint_rules import GRADES
from foureyes.analyzers.port import SYNTAX_ERROR
from foureyes.kit.severity import Severity

SECTIONS = re.findall(
    r"^--- (\S+) (\S+)\n(.*?)(?=^--- |\Z)",
    Path(__file__).parents[1].joinpath("data/analyzers/oxlint.txt").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)
FILES = {f"{rule}/case.{ending}": source for rule, ending, source in SECTIONS}

CLEAN = """\
import { readFile } from "node:fs/promises";

export async function load(path) {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      return JSON.parse(await readFile(path, "utf8"));
    } catch (error) {
      console.log(`attempt ${attempt}`, error);
    }
  }
  return undefined
}

var unused = 1, x = unused == 1 ? "a" : 'b'
export default x
"""


def test_every_rule_has_an_example() -> None:
    assert {rule for rule, _, _ in SECTIONS} == GRADES.keys()


async def test_every_rule_finds_its_example_on_the_marked_line() -> None:
    found = {path: set[tuple[int, str]]() for path in FILES}
    for one in await said_by(ANALYZER, FILES):
        found[one.path].add((one.start_line, one.rule))
    missed = [rule for rule, ending, source in SECTIONS if not _hits(found[f"{rule}/case.{ending}"], rule, source)]
    assert missed == []


def _hits(found: set[tuple[int, str]], rule: str, source: str) -> bool:
    return any((line, rule) in found for line in marked(source))


@pytest.mark.parametrize("name", ["app.js", "app.ts", "app.mjs", "app.tsx"])
async def test_clean_code_is_left_alone(name: str) -> None:
    assert places(await said_by(ANALYZER, {name: CLEAN})) == []


async def test_a_file_that_can_not_be_parsed_has_one_syntax_error() -> None:
    found = await said_by(ANALYZER, {"a.js": "function f( {\n", "b.ts": "let a: = 3\n"})
    assert [(one.path, one.rule, one.severity) for one in found] == [
        ("a.js", SYNTAX_ERROR, Severity.CRITICAL),
        ("b.ts", SYNTAX_ERROR, Severity.CRITICAL),
    ]


async def test_a_finding_says_why_and_what_to_do() -> None:
    (found,) = await said_by(ANALYZER, {"a.js": "if (x === NaN) y();\n"})
    assert found.explanation == (
        "NaN is equal to nothing, so the comparison is always false. Use the `isNaN` function to compare with NaN."
    )
    assert found.url == "https://oxc.rs/docs/guide/usage/linter/rules/eslint/use-isnan.html"


async def test_a_function_named_like_a_hook_is_none_where_there_is_no_react() -> None:
    source = "export function run(p) {\n  if (p) useColor();\n}\n"
    assert await said_by(ANALYZER, {"cli.js": source}) == []


async def test_an_expectation_of_vitest_may_have_a_message() -> None:
    source = "test('a', () => {\n  expect(1, 'message').toBe(1);\n});\n"
    assert await said_by(ANALYZER, {"a.test.js": source}) == []


def test_every_rule_of_the_table_exists() -> None:
    listed = subprocess.run([str(programs.find("oxlint")), "--rules"], capture_output=True, text=True, check=True)
    known = {f"{plugin}/{rule}" for rule, plugin in re.findall(r"^\| ([\w-]+) +\| (\w+)", listed.stdout, re.MULTILINE)}
    assert GRADES.keys() - known == set()
