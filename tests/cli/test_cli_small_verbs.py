"""`cache`, `config`, `rules`, `map` and `version`: every option, and what they do where something is wrong."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from cli_world import Person, Repository, one_clear_sentence

from foureyes.kit.severity import Severity

CODE = "def total(prices):\n    return sum(prices)\n"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
RULE = """id: %s
language: python
severity: warning
message: "%s"
rule: {pattern: print($A)}
tests:
  bad: ["print(1)"]
  good: ["log(1)"]
"""


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": CODE, "shop/cart.py": "import prices\n"})
    return repository


def test_the_cache_is_where_the_variable_says(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("cache", "stats", FOUREYES_CACHE_DIR=str(tmp_path / "kept"))
    assert ran.out == f"{tmp_path / 'kept'}\n0 entries, 0.0 KiB\n"
    assert (tmp_path / "kept").is_dir()


def test_what_a_review_leaves_in_the_cache_is_counted_and_goes(foureyes: Person, begun: Repository) -> None:
    begun.write({"prices.py": CODE + "\n\ndef check(x):\n    if x:\n        ValueError(x)\n"})
    foureyes("review", "-q")
    count = re.search(r"(\d+) entr(?:y|ies), \d+\.\d KiB", foureyes("cache", "stats").out)
    assert count is not None
    assert foureyes("cache", "clear").err.startswith(f"{count[1]} entr")
    assert "\n0 entries" in foureyes("cache", "stats").out


def test_a_review_without_the_cache_leaves_nothing_in_it(foureyes: Person, begun: Repository) -> None:
    begun.write({"prices.py": CODE + "x = 1\n"})
    foureyes("review", "-q", "--no-cache")
    assert "\n0 entries" in foureyes("cache", "stats").out


def test_the_cache_needs_no_repository(foureyes: Person, tmp_path: Path) -> None:
    assert foureyes("cache", "stats", where=tmp_path).code == 0


@pytest.mark.parametrize("verb", ["cache stats", "config show", "doctor", "map", "review", "config check"])
def test_a_broken_setting_stops_every_verb_that_needs_settings(foureyes: Person, begun: Repository, verb: str) -> None:
    begun.write({".foureyes.toml": ""})
    ran = foureyes(*verb.split(), FOUREYES_MODEL_TIMEOUT="soon")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("FOUREYES_MODEL_TIMEOUT: 'soon' is not a duration")


def test_the_version_needs_no_settings(foureyes: Person) -> None:
    assert foureyes("version", FOUREYES_MODEL_TIMEOUT="soon").code == 0


def test_config_shows_each_key_of_the_policy_once(foureyes: Person) -> None:
    policy = foureyes("config", "show").out.partition("\n\n")[0]
    keys = re.findall(r"^  ([a-z_.]+) = ", policy, re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {"floor", "fail_on", "lines", "model.use", "analyzers.off", "limits.file_bytes"} <= set(keys)


def test_config_shows_settings_that_are_set_and_no_others(foureyes: Person) -> None:
    ran = foureyes("config", "show", FOUREYES_MODEL="ollama:qwen3", FOUREYES_MAX_PARALLEL_CALLS="3")
    settings = ran.out.partition("Settings of the environment")[2]
    assert "  FOUREYES_MODEL = ollama:qwen3\n" in settings
    assert "  FOUREYES_MAX_PARALLEL_CALLS = 3\n" in settings
    assert "FOUREYES_MODEL_URL" not in settings


def test_config_show_fits_a_narrow_terminal(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": f'ignore = ["{"deep/" * 40}"]\n'})
    assert max(map(len, foureyes("config", "show", COLUMNS="44").out.splitlines())) <= 44


@pytest.mark.parametrize(
    "arguments", [["show", "-C", "nowhere"], ["check", "-C", "nowhere"], ["init", "-C", "nowhere"]]
)
def test_config_of_a_directory_that_is_not_there(foureyes: Person, arguments: list[str]) -> None:
    ran = foureyes("config", *arguments)
    assert one_clear_sentence(ran, 2)
    assert "pass one to --cwd that exists" in ran.err


def test_config_is_of_the_checkout_and_not_of_the_folder(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": 'floor = "high"\n'})
    assert '  floor = "high"  .foureyes.toml:1' in foureyes("config", "show", where=begun.path / "shop").out
    assert foureyes("config", "check", where=begun.path / "shop").code == 0
    assert one_clear_sentence(foureyes("config", "init", where=begun.path / "shop"), 2)


def test_another_file_can_be_checked(foureyes: Person, begun: Repository) -> None:
    begun.write({"good.toml": 'floor = "high"\n', "bad.toml": 'flor = "high"\n'})
    assert foureyes("config", "check", "good.toml").err == "good.toml can be used as it is.\n"
    ran = foureyes("config", "check", "bad.toml")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("bad.toml:1: ")


def test_a_file_to_check_that_is_not_there_is_named(foureyes: Person) -> None:
    ran = foureyes("config", "check", "nowhere.toml")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("nowhere.toml can't be read: No such file")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"floor = ", b"[model\n", b"floor = 'high'\nfloor = 'low'\n"])
def test_what_is_no_toml_is_one_clear_sentence(foureyes: Person, begun: Repository, content: bytes) -> None:
    begun.write({".foureyes.toml": content})
    assert one_clear_sentence(foureyes("config", "check"), 2)


def test_rules_are_counted_and_those_of_one_language_are_fewer(foureyes: Person) -> None:
    every, some = foureyes("rules", "list"), foureyes("rules", "list", "--language", "Ruby")
    assert int(some.err.split()[0]) < int(every.err.split()[0])
    shapes = "⬢▲◆●■"
    rules = [line for line in every.out.splitlines() if line[0] in shapes]
    assert len(rules) == int(every.err.split()[0])
    assert len(shapes) == len(Severity)


def test_the_words_of_a_team_rule_do_nothing_in_the_terminal(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes/rules/ours.yml": RULE % ("no-print", "\\e[31mred [bold]x[/bold]")})
    shown = foureyes("rules", "list", "-l", "python").out
    assert "\x1b" not in shown
    assert "[bold]x[/bold]" in shown


def test_rules_list_fits_a_narrow_terminal(foureyes: Person) -> None:
    shown = foureyes("rules", "list", "-l", "python", COLUMNS="50").out.splitlines()
    assert max(len(line) for line in shown) <= 50


def test_an_unknown_language_names_the_known_ones(foureyes: Person) -> None:
    ran = foureyes("rules", "list", "-l", "cobol")
    assert one_clear_sentence(ran, 2)
    assert "python" in ran.err


def test_a_folder_without_rules_is_not_green(foureyes: Person, begun: Repository) -> None:
    begun.write({"empty/readme.txt": "x\n"})
    ran = foureyes("rules", "test", "empty")
    assert one_clear_sentence(ran, 2)
    assert "files that end in .yml" in ran.err


def test_our_own_rules_keep_their_word(foureyes: Person) -> None:
    ran = foureyes("rules", "test")
    assert ran.code == 0
    assert ran.err.endswith("every example is as it should be.\n")


def test_a_rule_path_that_is_not_there_is_named(foureyes: Person) -> None:
    ran = foureyes("rules", "test", "nowhere")
    assert one_clear_sentence(ran, 2)
    assert ran.err == "nowhere is not there.\n"


def test_a_map_fits_its_committed_schema(foureyes: Person) -> None:
    told = json.loads(foureyes("map", "-f", "json").out)
    jsonschema.validate(told, json.loads((SCHEMAS / "architecture-1.json").read_text()))


def test_a_diagnosis_fits_its_committed_schema(foureyes: Person) -> None:
    error = 'Traceback (most recent call last):\n  File "prices.py", line 2, in total\nTypeError: x\n'
    told = json.loads(foureyes("debug", "-f", "json", stdin=error).out)
    jsonschema.validate(told, json.loads((SCHEMAS / "debug-1.json").read_text()))


@pytest.mark.parametrize("form", ["terminal", "json", "markdown", "mermaid", "dot"])
def test_a_map_in_a_file_is_the_map_on_stdout(foureyes: Person, begun: Repository, form: str, tmp_path: Path) -> None:
    printed = foureyes("map", "HEAD", "-f", form, COLUMNS="80").out
    ran = foureyes("map", "HEAD", "-f", form, "-o", str(tmp_path / "map"))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "map").read_text() == printed


@pytest.mark.parametrize("columns", ["20", "40", "77", "200"])
def test_a_map_is_as_wide_as_the_terminal_and_never_under_forty(foureyes: Person, columns: str) -> None:
    shown = foureyes("map", COLUMNS=columns).out
    assert max(map(len, shown.splitlines())) <= max(int(columns), 40)


@pytest.mark.parametrize("revision", ["nosuch", "HEAD~99", "prices.py"])
def test_a_map_of_no_commit_is_one_clear_sentence(foureyes: Person, revision: str) -> None:
    assert one_clear_sentence(foureyes("map", revision), 2)


def test_a_map_outside_of_a_repository_says_where_to_go(foureyes: Person, tmp_path: Path) -> None:
    assert one_clear_sentence(foureyes("map", where=tmp_path), 2)


def test_a_map_of_a_bare_repository_is_of_its_last_commit(foureyes: Person, begun: Repository, tmp_path: Path) -> None:
    begun.git("clone", "--quiet", "--bare", str(begun.path), str(tmp_path / "bare.git"))
    assert "2 files, 3 lines" in foureyes("map", where=tmp_path / "bare.git").out


def test_a_map_that_can_not_be_written_is_told_beforehand(foureyes: Person) -> None:
    assert one_clear_sentence(foureyes("map", "-o", "nowhere/map.md"), 2)
