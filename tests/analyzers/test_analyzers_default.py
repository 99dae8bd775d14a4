"""The default set as a whole: every tool looks at what is its own, whatever the files are called."""

import pytest
from analyzers_house import analysis_of, analyzed
from test_analyzers_inert import WORKFLOW

from foureyes.analyzers.port import Analysis, Outcome
from foureyes.analyzers.registry import chosen
from foureyes.analyzers.runner import analyse
from foureyes.kit.keyvalue import SqliteStore

FILES = {
    ".github/workflows/ci.yml": WORKFLOW,
    "Dockerfile": "FROM alpine\nCOPY a b c\n",
    "README.md": "# Title\n\n[a](#nowhere)\n",
    "app.js": "if (x === NaN) y();\n",
    "app.py": "import os\n\nundefined_name\n",
    "config.yaml": "a: 1\na: 2\n",
    "main.c": "int f(void) { int a[2]; a[2] = 1; return a[0]; }\n",
    "main.tf": 'resource "aws_s3_bucket" "a" {\n  acl = "public-read"\n}\n',
    "package.json": '{"dependencies": {"a": "*"}}\n',
    "run.sh": "#!/bin/sh\ncd $1\n",
    "schema.sql": "DELETE FROM users;\n",
    "merge.txt": "<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n",
    "hidden.txt": "a\u202eb\n",
}

TOOLS = {
    ".github/workflows/ci.yml": {"actionlint", "zizmor"},
    "Dockerfile": {"hadolint"},
    "README.md": {"rumdl"},
    "app.js": {"oxlint"},
    "app.py": {"ruff"},
    "config.yaml": {"formats"},
    "main.c": {"cppcheck"},
    "main.tf": {"terraform"},
    "package.json": {"dependencies"},
    "run.sh": {"shellcheck"},
    "schema.sql": {"sql"},
    "merge.txt": {"conflicts"},
    "hidden.txt": {"hidden"},
}


def speakers(analysis: Analysis) -> dict[str, set[str]]:
    return {path: {one.tool for one in analysis.diagnostics if one.path == path} for path in analysis.looked_at}


async def test_every_tool_speaks_about_its_own_files() -> None:
    analysis = await analysis_of(FILES, *chosen())
    said = speakers(analysis)
    assert {path: tools & said[path] for path, tools in TOOLS.items()} == TOOLS
    assert {run.outcome for run in analysis.runs} == {Outcome.RAN}


async def test_who_looked_is_told_for_every_file() -> None:
    analysis = await analysis_of(FILES, *chosen())
    assert analysis.looked_at.keys() == FILES.keys()
    assert {"secrets", "hidden", "ruff", "structural", "typos"} <= set(analysis.looked_at["app.py"])
    assert "ruff" not in analysis.looked_at["app.js"]


@pytest.mark.parametrize("prefix", ["-", "--config=", "a\nb/", "\x1b[31m", "../", "quote'\"`$(id)/", "ü €/", "x" * 250])
async def test_hostile_names_change_nothing_that_is_said(prefix: str) -> None:
    # What is known by its whole name or directory keeps it: the hostile part stands in front.
    plain = {
        path: text for path, text in FILES.items() if path not in ("Dockerfile", "package.json") and "/" not in path
    }
    hostile = {prefix + path: text for path, text in plain.items()}
    expected = speakers(await analysis_of(plain, *chosen()))
    said = speakers(await analysis_of(hostile, *chosen()))
    assert {path.removeprefix(prefix): tools for path, tools in said.items()} == expected


async def test_a_second_look_is_answered_from_the_cache_with_the_same_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    cache = SqliteStore(tmp_path_factory.mktemp("cache") / "cache.db")
    first = await analyse(analyzed(FILES), analyzers=chosen(), cache=cache)
    second = await analyse(analyzed(FILES), analyzers=chosen(), cache=cache)
    await cache.close()
    assert {run.outcome for run in second.runs} == {Outcome.CACHED}
    assert second.diagnostics == first.diagnostics
    assert second.looked_at == first.looked_at


async def test_nothing_is_said_about_nothing() -> None:
    assert await analysis_of({}, *chosen()) == Analysis((), (), {})
    empty = await analysis_of(dict.fromkeys(FILES, ""), *chosen())
    assert [
        (one.path, one.rule) for one in empty.diagnostics if one.path not in (".github/workflows/ci.yml", "Dockerfile")
    ] == []


async def test_binary_and_huge_files_are_survived() -> None:
    files = {
        "a.py": b"\0\1\2" * 1000,
        "b.js": b"\xff\xfe" * 1000,
        "c.md": b"# x\n" * 200_000,
        "one_line.js": b"a;" * 500_000,
    }
    analysis = await analysis_of(files, *chosen())
    assert [run.reason for run in analysis.runs if run.outcome is Outcome.FAILED] == []
