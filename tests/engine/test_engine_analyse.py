"""The analyse stage: which tools look at which files, what is kept of their words, and what is never repeated."""

import json
from dataclasses import replace

import pytest

from factories import a_change, a_material
from foureyes.analyzers.port import Diagnostic, Outcome, Trust
from foureyes.analyzers.select import Lines
from foureyes.engine.analyse import Analysed, analysed, tools_for
from foureyes.engine.material import Material
from foureyes.engine.policy import AnalyzerPolicy, Policy
from foureyes.engine.screen import screen
from foureyes.errors import RuleError, SettingError
from foureyes.git.trees import MemoryTree
from foureyes.kit.keyvalue import MemoryStore
from foureyes.kit.severity import Category, Severity

PRIVATE = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
TEAM_RULE = """\
id: no-print
language: python
severity: warning
message: Use the log
rule:
  pattern: print($A)
"""
BEFORE = "import os\n\n\ndef add(item, to=[]):\n    to.append(item)\n" + "\n# far\n" * 6 + "x = 1\n"
AFTER = BEFORE.replace("x = 1", "y = os.sep\n\n\ndef put(item, into={}):\n    into[item] = y")


async def looked_at(
    material: Material, *, cache: MemoryStore | None = None, imported: tuple[Diagnostic, ...] = ()
) -> Analysed:
    return await analysed(await screen(material), material, tools_for(material, cache=cache), imported=imported)


def only_hunks(**files: tuple[str, str]) -> Material:
    """A patch whose files nobody has: all that is known stands in its hunks."""
    return Material(a_change(**files), MemoryTree({}), MemoryTree({}), complete=False)


def remark(line: int, **facts: object) -> Diagnostic:
    said = Diagnostic("app.py", line, line, "house", "H1", "Said by a report", Severity.MEDIUM, Category.BUG)
    return replace(said, **facts)  # type: ignore[arg-type]


def names(looked: Analysed) -> set[str]:
    return {run.tool for run in looked.analysis.runs}


async def test_what_is_on_lines_of_the_change_is_found_and_what_was_there_before_is_not() -> None:
    looked = await looked_at(a_material(**{"app.py": (BEFORE, AFTER)}))
    places = {finding.evidence for finding in looked.findings if finding.rule == "B006"}
    assert places == {"def put(item, into={}):"}


@pytest.mark.parametrize(("mode", "count"), [(Lines.ADDED, 1), (Lines.CONTEXT, 1), (Lines.FILE, 2), (Lines.ALL, 2)])
async def test_the_policy_says_how_far_from_the_change_a_remark_may_be(mode: Lines, count: int) -> None:
    looked = await looked_at(a_material(Policy(lines=mode), **{"app.py": (BEFORE, AFTER)}))
    assert len([finding for finding in looked.findings if finding.rule == "B006"]) == count


async def test_trials_know_what_was_said_of_untouched_lines_too() -> None:
    looked = await looked_at(a_material(**{"app.py": (BEFORE, AFTER)}))
    said = [one.rule for one in looked.trial_files["app.py"].diagnostics]
    assert said.count("B006") == 2


async def test_a_file_is_looked_at_by_the_tools_of_its_own_kind() -> None:
    looked = await looked_at(a_material(**{"app.py": ("", "x = 1\n"), "run.sh": ("", "#!/bin/sh\necho hi\n")}))
    assert "ruff" in looked.analysis.looked_at["app.py"]
    assert "ruff" not in looked.analysis.looked_at["run.sh"]
    assert "secrets" in looked.analysis.looked_at["run.sh"]


async def test_an_analyser_that_the_policy_switches_off_does_not_run() -> None:
    policy = Policy(analyzers=AnalyzerPolicy(off=("ruff",)))
    looked = await looked_at(a_material(policy, **{"app.py": (BEFORE, AFTER)}))
    assert "ruff" not in names(looked)
    assert "structural" in names(looked)


async def test_an_analyser_on_request_runs_only_when_it_is_asked_for() -> None:
    material = a_material(Policy(analyzers=AnalyzerPolicy(on=("yamllint",))), **{"a.yml": ("", "a: 1\n")})
    assert "yamllint" in names(await looked_at(material))
    assert "yamllint" not in names(await looked_at(replace(material, policy=Policy())))


def test_an_analyser_that_does_not_exist_is_a_wrong_setting_that_names_the_others() -> None:
    with pytest.raises(SettingError, match=r"analyzers\.off: there is no analyser 'rufff'; there are .*ruff"):
        tools_for(a_material(Policy(analyzers=AnalyzerPolicy(off=("rufff",)))))


async def test_a_rule_of_the_team_is_heeded_beside_our_own() -> None:
    material = a_material(**{"app.py": ("", "print(1)\neval(input())\n")})
    with_team = replace(material, team_rules={".foureyes/rules/a.yml": TEAM_RULE})
    rules = {finding.rule for finding in (await looked_at(with_team)).findings}
    assert {rule for rule in rules if "no-print" in rule}
    assert {finding.rule for finding in (await looked_at(material)).findings} < rules


def test_a_rule_of_the_team_that_cannot_be_used_names_its_file() -> None:
    material = replace(a_material(), team_rules={".foureyes/rules/broken.yml": "id: x\nrule: {pattern: '('}\n"})
    with pytest.raises(RuleError, match=r"\.foureyes/rules/broken\.yml"):
        tools_for(material)


async def test_an_imported_remark_is_kept_by_the_same_lines_as_our_own() -> None:
    last = AFTER.count("\n")
    looked = await looked_at(a_material(**{"app.py": (BEFORE, AFTER)}), imported=(remark(1), remark(last)))
    mine = [finding for finding in looked.findings if finding.source == "house"]
    assert [(one.start_line, one.evidence) for one in mine] == [(last, "    into[item] = y")]


async def test_an_imported_remark_on_a_file_outside_the_change_is_left_out() -> None:
    looked = await looked_at(
        a_material(**{"app.py": (BEFORE, AFTER)}), imported=(remark(1, path="other.py"), remark(2, path="../app.py"))
    )
    assert all(finding.source != "house" for finding in looked.findings)


async def test_evidence_never_holds_a_secret() -> None:
    looked = await looked_at(
        a_material(**{"app.py": ("", f'token = "{PRIVATE}"\n')}), imported=(remark(1), remark(1, rule="H2"))
    )
    assert any(finding.source == "secrets" for finding in looked.findings)
    assert all(PRIVATE not in finding.evidence for finding in looked.findings)
    assert all(PRIVATE not in repr(finding) for finding in looked.findings)


async def test_trials_are_made_on_the_text_with_its_secrets_and_know_the_masked_one() -> None:
    looked = await looked_at(a_material(**{"app.py": ("", f'token = "{PRIVATE}"\n')}))
    file = looked.trial_files["app.py"]
    assert PRIVATE in file.text
    assert PRIVATE not in file.masked


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("app.py", "def f():\n" + "    x = 1\n" * 30 + "    return (x +\n", "            1)\n"),
        ("a.json", '{"a": [\n' + "1,\n" * 30 + "2", "3]}\n"),
        ("a.yml", "a:\n" + "  - b: 1\n" * 30 + "    c: 2\n", "    d: 3\n"),
        ("a.toml", 'a = """\n' + "text ]\n" * 30 + "more\n", '"""\n'),
    ],
    ids=["python", "json", "yaml", "toml"],
)
async def test_a_file_known_by_its_hunks_alone_is_never_said_not_to_parse(path: str, before: str, after: str) -> None:
    material = replace(only_hunks(**{path: (before + "end\n", before + after)}), policy=Policy(lines=Lines.FILE))
    assert [finding.title for finding in (await looked_at(material)).findings] == []


async def test_of_a_file_known_by_its_hunks_alone_what_a_line_says_by_itself_is_found() -> None:
    before = "".join(f"line_{n} = {n}\n" for n in range(40))
    looked = await looked_at(only_hunks(**{"app.py": (before, before + f'token = "{PRIVATE}"\n')}))
    assert [(one.source, one.start_line) for one in looked.findings] == [("secrets", 41)]


async def test_no_program_is_shown_half_a_file() -> None:
    looked = await looked_at(only_hunks(**{"app.py": ("x = 1\n", "y = 2\n")}))
    trust = {tool.name: tool.trust for tool in tools_for(a_material()).analyzers}
    assert {trust[name] for name in looked.analysis.looked_at["app.py"]} == {Trust.OWN}
    assert looked.trial_files == {}, "nothing can be tried on half a file"


async def test_whole_files_and_halves_of_one_change_are_looked_at_together() -> None:
    files = {"half.py": ("x = 1\n", "y = 2\n"), "whole.py": ("", "def add(a, to=[]):\n    to.append(a)\n")}
    head = MemoryTree({"whole.py": files["whole.py"][1].encode()})
    looked = await looked_at(Material(a_change(**files), MemoryTree({}), head, complete=False))
    assert set(looked.analysis.looked_at) == {"half.py", "whole.py"}
    assert {finding.path for finding in looked.findings} == {"whole.py"}
    assert set(looked.trial_files) == {"whole.py"}


async def test_the_second_look_runs_no_tool_and_says_the_same() -> None:
    cache, material = MemoryStore(), a_material(**{"app.py": (BEFORE, AFTER)})
    first, second = await looked_at(material, cache=cache), await looked_at(material, cache=cache)
    assert first.findings == second.findings
    ran = {run.tool for run in first.analysis.runs if run.outcome is Outcome.RAN}
    assert ran
    assert ran <= {run.tool for run in second.analysis.runs if run.outcome is Outcome.CACHED}


async def test_suggestions_are_tried_on_texts_that_hold_what_is_not_unicode() -> None:
    material = a_material(**{"app.py": ("", "x = 1\n")})
    screened, tools = await screen(material), tools_for(material)
    files = {file.path: file for file in screened.files}
    said = await tools.look_again({"app.py": "def add(a, to=[]):\n    to.append('caf\udce9')\n"}, files)
    assert all(one.path == "app.py" for one in said)


async def test_a_change_of_no_files_runs_no_tool() -> None:
    looked = await looked_at(a_material())
    assert (looked.findings, looked.analysis.runs, looked.trial_files) == ((), (), {})


async def test_what_analysers_say_can_be_told_in_a_report() -> None:
    looked = await looked_at(a_material(**{"app.py": (BEFORE, AFTER)}))
    assert all(finding.title and finding.rule and finding.source for finding in looked.findings)
    assert json.dumps([finding.title for finding in looked.findings])
