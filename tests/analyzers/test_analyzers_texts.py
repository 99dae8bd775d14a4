"""Merge conflicts that were committed, and files of data that can't be read."""

import pytest
from analyzers_house import places, said_by

from foureyes.analyzers import formats
from foureyes.analyzers.port import SYNTAX_ERROR
from foureyes.analyzers.text_checks import CONFLICTS

CONFLICT = "a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> topic\nc = 4\n"


async def test_a_conflict_is_one_remark_from_its_first_to_its_last_mark() -> None:
    (found,) = await said_by(CONFLICTS, {"app.py": CONFLICT})
    assert (found.start_line, found.end_line, found.rule) == (2, 6, "merge-conflict")


async def test_two_conflicts_are_two_remarks_whatever_ends_the_lines() -> None:
    found = await said_by(CONFLICTS, {"app.py": (CONFLICT * 2).replace("\n", "\r\n")})
    assert [one.start_line for one in found] == [2, 9]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("title.txt", "Title\n=======\n"),
        ("half.py", "<<<<<<< HEAD\n>>>>>>> topic\n"),
        ("arrows.py", "x = '<<<<<<< HEAD'\n=======\n>>>>>>> y\n"),
        ("fix.patch", CONFLICT),
        ("docs/git.md", CONFLICT),
        ("tests/data/conflict.txt", CONFLICT),
    ],
)
async def test_marks_that_are_no_conflict_are_left_alone(path: str, text: str) -> None:
    assert await said_by(CONFLICTS, {path: text}) == []


async def test_a_hostile_file_of_marks_takes_linear_time() -> None:
    assert await said_by(CONFLICTS, {"a.txt": "<<<<<<< a\n=======\n" * 50_000}) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.yml", "a: 1\nb: {c: 1, c: 2}\na: 2\n", [(2, "repeated-key"), (3, "repeated-key")]),
        ("a.yml", "a: 1\n---\na: 1\n", []),
        ("a.yml", "list:\n  - a: 1\n  - a: 2\n", []),
        ("a.yml", "x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x\n", []),
        ("a.yml", "a: [\n", [(1, SYNTAX_ERROR)]),
        ("a.yml", "a: b: c\n", [(1, SYNTAX_ERROR)]),
        ("a.yml", "key: !custom {a: 1}\n? [complex]\n: value\n", []),
        ("chart/templates/a.yaml", "{{- if .x }}\na: 1\n{{- else }}\na: 2\n{{- end }}\n", []),
        ("ci.yml", "run: echo ${{ github.ref }}\nrun: echo\n", [(2, "repeated-key")]),
        ("a.json", '{"a": 1,\n "a": 2}\n', [(2, "repeated-key")]),
        ("a.json", '{"a": {"b": 1}, "c": {"b": 1}}\n', []),
        ("a.json", '{"a": 1,\n "b": }\n', [(2, SYNTAX_ERROR)]),
        ("tsconfig.json", '{\n  // why\n  "a": "http://x", /* b */\n  "c": [1, 2,],\n}\n', []),
        ("empty.json", "", []),
        ("bom.json", '\ufeff{"a": 1}', []),
        ("a.toml", "a = 1\n[x]\ny =\n", [(3, SYNTAX_ERROR)]),
        ("a.toml", "a = 1\na = 2\n", [(2, SYNTAX_ERROR)]),
        ("a.toml", "a = 1\r\n[b]\r\nc = 2\r\n", []),
        ("a.jsonc", "{// x", []),
        ("tests/data/broken.json", "{", []),
        ("uv.lock", "broken = ", []),
    ],
)
async def test_files_of_data(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert places(await said_by(formats.ANALYZER, {path: text})) == expected


@pytest.mark.parametrize(
    ("path", "text"), [("a.json", "[" * 200_000), ("a.json", '{"a":' * 100_000), ("a.toml", "a = " + "[" * 50_000)]
)
async def test_nesting_without_end_is_a_remark_and_no_crash(path: str, text: str) -> None:
    assert places(await said_by(formats.ANALYZER, {path: text})) == [(1, SYNTAX_ERROR)]


async def test_aliases_of_aliases_are_not_expanded() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert await said_by(formats.ANALYZER, {"a.yml": bomb}) == []


async def test_comments_that_never_end_take_linear_time() -> None:
    assert places(await said_by(formats.ANALYZER, {"a.json": "{" + "/*" * 500_000})) == [(1, SYNTAX_ERROR)]
