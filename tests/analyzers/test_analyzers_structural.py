"""The structural analyser: our own rules here, a team's rules in a process that can be stopped."""

import subprocess
import sys
from pathlib import Path

import pytest
from analyzers_house import Files, analysis_of, places, said_by

from foureyes.analyzers.port import AnalyzedFile, Batch, Outcome
from foureyes.analyzers.rulefile import load_rules
from foureyes.analyzers.structural import Structural
from foureyes.code.languages import Language
from foureyes.errors import ProcessError

TEAM = """\
id: no-print
language: python
severity: info
message: Log instead of printing $WHAT
rule: {pattern: print($WHAT)}
fix: log.info($WHAT)
"""
FILES: Files = {
    "a.py": "import pickle\nprint(pickle.loads(request.data))\n",
    "b.ts": "export const ports = text.split(',').map(parseInt);\n",
    "c.txt": "pickle.loads(request.data)\n",
}


def with_team(text: str = TEAM) -> Structural:
    return Structural(load_rules({"house.yml": text}))


async def test_each_file_is_matched_with_the_rules_of_its_language() -> None:
    found = await said_by(Structural(), FILES)
    assert [(one.path, one.rule) for one in found] == [
        ("a.py", "python-pickle-of-request"),
        ("b.ts", "js-parse-int-in-map"),
    ]
    assert {one.tool for one in found} == {"structural"}


async def test_rules_of_the_team_come_on_top() -> None:
    found = await said_by(with_team(), {"a.py": FILES["a.py"]})
    assert places(found) == [(2, "python-pickle-of-request"), (2, "no-print")]
    team = found[1]
    assert (team.tool, team.message) == ("team", "Log instead of printing pickle.loads(request.data)")
    assert team.replacement is not None
    assert team.replacement.lines == ("log.info(pickle.loads(request.data))",)


async def test_a_team_may_look_at_languages_that_we_have_no_rules_for() -> None:
    rule = "id: no-todo\nlanguage: lua\nmessage: m\nrule: {pattern: todo()}\n"
    assert places(await said_by(with_team(rule), {"a.lua": "x = 1\ntodo()\n"})) == [(2, "no-todo")]


async def test_hostile_names_and_bytes_reach_the_process_and_come_back() -> None:
    path = "odd\n\udcff.py"
    batch = Batch(Path(), [AnalyzedFile(path, b"print('\xff')\n", Language.PYTHON)])
    (found,) = await with_team().run(batch)
    assert found.path == path
    assert found.replacement is not None
    assert found.replacement.lines == ("log.info('\udcff')",)


async def test_a_file_that_nests_too_deeply_costs_only_itself() -> None:
    deep = "x = " + " + ".join(["pickle.loads(request.data)"] * 2000)
    analysis = await analysis_of({**FILES, "deep.py": deep}, with_team())
    (run,) = analysis.runs
    assert run.outcome is Outcome.FAILED
    assert "deep.py:1: nests deeper than 1000 levels; 1 file not looked at: deep.py" in run.reason
    assert {one.path for one in analysis.diagnostics} == {"a.py", "b.ts"}


async def test_what_stops_the_process_of_the_team_is_told() -> None:
    deep = AnalyzedFile("deep.py", b"x = " + b" + ".join([b"print(t)"] * 2000), Language.PYTHON)
    with pytest.raises(ProcessError, match="nests deeper than 1000 levels"):
        await with_team().run(Batch(Path(), [deep]))


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        (AnalyzedFile("a.py", b"", Language.PYTHON), True),
        (AnalyzedFile("a.sql", b"", Language.SQL), False),
        (AnalyzedFile("a", b"", None), False),
        (AnalyzedFile("a.lua", b"", Language.LUA), False),
        (AnalyzedFile("a.py", b" " * (600 << 10), Language.PYTHON), False),
    ],
)
def test_files_of_other_languages_and_huge_ones_are_not_wanted(file: AnalyzedFile, *, wanted: bool) -> None:
    assert Structural().wants(file) is wanted


def test_settings_tell_rules_of_teams_apart_and_are_the_same_in_every_process() -> None:
    changed = with_team(TEAM.replace("info", "error"))
    assert Structural().settings == ""
    assert with_team().settings != changed.settings
    program = (
        "from foureyes.analyzers.rulefile import load_rules; from foureyes.analyzers.structural import Structural;"
        f"print(Structural(load_rules({{'house.yml': {TEAM!r}}})).settings, end='')"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert printed == {with_team().settings}


def test_the_version_names_the_library_and_the_pack() -> None:
    library, _, pack = Structural().version().partition("+")
    assert library[0].isdigit()
    assert len(pack) == 12
