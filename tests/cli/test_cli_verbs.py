"""The smaller verbs: doctor, config, rules, map, debug."""

import json
import tomllib

import pytest
from cli_world import Person, Repository, one_clear_sentence

from foureyes.cli.policytemplate import policy_template
from foureyes.engine.policy import Policy
from foureyes.engine.policyfile import load_policy, policy_schema

CODE = "def total(prices):\n    return sum(prices)\n"
BOOM = """Traceback (most recent call last):
  File "/home/me/project/prices.py", line 2, in total
    return sum(prices)
TypeError: 'NoneType' object is not iterable
"""
RULE = """id: no-print
language: python
severity: warning
message: Print goes nowhere in production
rule: {pattern: print($A)}
tests:
  bad: ["print(1)"]
  good: ["%s"]
"""


@pytest.fixture
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": CODE})
    return repository


def test_doctor_names_what_is_there(foureyes: Person) -> None:
    ran = foureyes("doctor")
    assert ran.code == 0
    assert all(f"\N{CHECK MARK} {name}" in ran.out for name in ("Foureyes", "git", "Cache", "Analysers"))
    assert "ruff 0." in ran.out
    assert "Set FOUREYES_MODEL" in ran.out


def test_doctor_ends_with_one_when_something_needed_is_missing(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("doctor", FOUREYES_CACHE_DIR=str(begun.path / "prices.py"))
    assert ran.code == 1
    assert "\N{MULTIPLICATION X} Cache" in ran.out


def test_doctor_never_prints_a_key(foureyes: Person) -> None:
    ran = foureyes("doctor", OPENAI_API_KEY="sk-very-secret", FOUREYES_MODEL="openai:gpt-5")
    assert "openai:gpt-5, a key is set" in ran.out
    assert "sk-very-secret" not in ran.out + ran.err


def test_a_model_without_its_key_is_a_finding_of_doctor(foureyes: Person) -> None:
    ran = foureyes("doctor", FOUREYES_MODEL="openai:gpt-5")
    assert ran.code == 1
    assert "set OPENAI_API_KEY" in ran.out


def test_config_show_names_the_origin_of_each_value(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": 'floor = "medium"\n'})
    shown = foureyes("config", "show", FOUREYES_MAX_FINDINGS="3", OPENAI_API_KEY="sk-very-secret").out
    assert '  floor = "medium"  .foureyes.toml:1' in shown
    assert "  max_findings = 3  FOUREYES_MAX_FINDINGS" in shown
    assert '  fail_on = "high"\n' in shown
    assert "OPENAI_API_KEY = set, not shown" in shown
    assert "sk-very-secret" not in shown


def test_config_check_names_every_mistake(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": 'floor = "scary"\nmax_findings = "many"\n'})
    ran = foureyes("config", "check")
    assert ran.code == 2
    assert [line.split(":")[1] for line in ran.err.splitlines()] == ["1", "2"]


def test_config_init_writes_a_policy_that_changes_nothing(foureyes: Person, begun: Repository) -> None:
    assert foureyes("config", "init").code == 0
    assert load_policy((begun.path / ".foureyes.toml").read_text()) == Policy()
    assert foureyes("config", "check").code == 0
    assert one_clear_sentence(foureyes("config", "init"), 2)


def test_every_key_of_the_template_can_be_used_as_it_stands() -> None:
    lines = [line.removeprefix("# ") for line in policy_template().splitlines()]
    stated = "\n".join(line for line in lines if line.startswith("[") or (" = " in line and line[0].islower()))
    load_policy(stated)
    assert set(tomllib.loads(stated)) == set(policy_schema()["properties"])  # type: ignore[arg-type]


def test_config_schema_is_the_policys(foureyes: Person) -> None:
    assert json.loads(foureyes("config", "schema").out) == policy_schema()


def test_config_check_without_a_file_says_how_to_begin(foureyes: Person) -> None:
    ran = foureyes("config", "check")
    assert one_clear_sentence(ran, 2)
    assert "foureyes config init" in ran.err


def test_rules_are_listed_with_those_of_the_team(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes/rules/ours.yml": RULE % "log(1)"})
    ran = foureyes("rules", "list", "--language", "python")
    assert "team:no-print  Print goes nowhere in production  python" in ran.out
    assert "structural:" in ran.out
    assert one_clear_sentence(foureyes("rules", "list", "-l", "cobol"), 2)


def test_a_team_rule_is_tried_on_its_examples(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes/rules/ours.yml": RULE % "log(1)", "wrong.yml": RULE % "print(2)"})
    assert foureyes("rules", "test", ".foureyes/rules").code == 0
    ran = foureyes("rules", "test", "wrong.yml")
    assert ran.code == 1
    assert "good 1" in ran.err


@pytest.mark.parametrize("content", ["id: [", "id: x\n", "- 1\n"])
def test_a_broken_rule_is_named(foureyes: Person, begun: Repository, content: str) -> None:
    begun.write({"broken.yml": content})
    ran = foureyes("rules", "test", "broken.yml")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("broken.yml")


def test_a_map_of_the_files_on_disk_and_of_a_commit(foureyes: Person, begun: Repository) -> None:
    begun.write({"new/more.py": CODE})
    assert "2 files, 4 lines: python 4" in foureyes("map").out
    assert "1 file, 2 lines: python 2" in foureyes("map", "HEAD").out


@pytest.mark.parametrize(
    ("form", "begins"), [("json", "{"), ("markdown", "**1 room"), ("mermaid", "flowchart TD"), ("dot", "digraph")]
)
def test_a_map_in_other_forms(foureyes: Person, begun: Repository, form: str, begins: str) -> None:
    ran = foureyes("map", "-f", form)
    assert ran.code == 0
    assert ran.out.startswith(begins)


def test_a_map_before_the_first_commit(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": CODE})
    assert foureyes("map").code == 0
    assert one_clear_sentence(foureyes("map", "HEAD"), 2)


def test_debug_finds_the_place_and_says_what_is_known(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("debug", stdin=BOOM)
    assert ran.code == 0
    assert ran.out.startswith("◆ TypeError: 'NoneType' object is not iterable\n")
    assert "prices.py:2 in total" in ran.out
    assert "▶ 2 │     return sum(prices)" in ran.out
    assert "Known      None is not iterable: a value was None." in ran.out


def test_debug_reads_the_error_from_a_file_and_writes_json(foureyes: Person, begun: Repository) -> None:
    begun.write({"error.txt": BOOM})
    told = json.loads(foureyes("debug", "prices.py", "--error", "error.txt", "-f", "json").out)
    assert told["schema"] == "foureyes.debug/1"
    assert told["frames"][0]["path"] == "prices.py"


def test_an_error_that_fits_nothing_here_is_not_green(foureyes: Person, begun: Repository) -> None:
    assert foureyes("debug", stdin="zzz qqq").code == 3


@pytest.mark.parametrize("arguments", [[], ["--error", "nowhere.txt"]])
def test_debug_without_an_error_says_where_to_put_it(foureyes: Person, begun: Repository, arguments: list[str]) -> None:
    assert one_clear_sentence(foureyes("debug", *arguments, stdin=" \n"), 2)
