"""`foureyes review` on real repositories: what is reviewed, how it is written, and how it ends."""

import json
from pathlib import Path

import jsonschema
import pytest
from cli_world import Person, Repository, one_clear_sentence

GOOD = '"""Prices."""\n\n\ndef total(prices):\n    return sum(prices)\n'
BAD = GOOD + "\n\ndef run(name):\n    import subprocess\n\n    subprocess.run('tar ' + name, shell=True)\n"
SLOPPY = GOOD + "\n\ndef check(prices):\n    if not prices:\n        ValueError(prices)\n"
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "review-1.json"


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": GOOD})
    return repository


def report(ran_out: str) -> dict[str, list[dict[str, object]]]:
    parsed = json.loads(ran_out)
    jsonschema.validate(parsed, json.loads(SCHEMA.read_text()))
    return dict(parsed)


def test_the_working_tree_is_reviewed_when_it_is_dirty(installed: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    ran = installed("review")
    assert ran.code == 1
    assert ran.out.startswith("⬢ Do not merge yet: 1 high finding")
    assert "▲ 11 │     subprocess.run('tar ' + name, shell=True)" in ran.out
    assert "Reviewing the working tree against the last commit." in ran.err


def test_the_last_commit_is_reviewed_when_the_tree_is_clean(foureyes: Person, repository: Repository) -> None:
    commit = repository.commit({"prices.py": BAD}, "Run tar")
    ran = foureyes("review")
    assert ran.code == 1
    assert f"The working tree is clean: reviewing the last commit, {commit[:10]} Run tar" in ran.err


def test_new_files_are_part_of_the_working_tree(foureyes: Person, repository: Repository) -> None:
    repository.write({"new.py": BAD})
    assert report(foureyes("review", "-f", "json").out)["findings"][0]["path"] == "new.py"


def test_only_what_is_staged(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": SLOPPY})
    repository.git("add", "--all")
    repository.write({"prices.py": BAD})
    findings = report(foureyes("review", "--staged", "-f", "json").out)["findings"]
    assert [finding["rule"] for finding in findings] == ["PLW0133"]


def test_a_commit_a_range_and_a_path_of_it(foureyes: Person, repository: Repository) -> None:
    repository.commit({"a.py": BAD})
    repository.commit({"b.py": BAD})
    paths = [
        {finding["path"] for finding in report(foureyes("review", *what, "-f", "json").out)["findings"]}
        for what in (["HEAD"], ["HEAD~2..HEAD"], ["HEAD~2..HEAD", "a.py"])
    ]
    assert paths == [{"b.py"}, {"a.py", "b.py"}, {"a.py"}]


def test_files_are_reviewed_whole_with_or_without_a_repository(foureyes: Person, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "tool.py").write_text(BAD)
    ran = foureyes("review", "tool.py", where=alone)
    assert ran.code == 1
    assert "tool.py:11" in ran.out


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_patch_from_a_file_or_stdin(installed: Person, repository: Repository, tmp_path: Path, way: str) -> None:
    repository.write({"prices.py": BAD})
    patch = repository.git("diff") + "\n"
    repository.git("checkout", "--", ".")
    (tmp_path / "x.diff").write_text(patch)
    name = str(tmp_path / "x.diff") if way == "file" else "-"
    ran = installed("review", "--patch", name, stdin=patch if way == "stdin" else b"")
    assert ran.code == 1
    assert "prices.py:11" in ran.out


def test_another_directory_can_be_named(foureyes: Person, repository: Repository, tmp_path: Path) -> None:
    repository.write({"prices.py": BAD})
    assert foureyes("review", "-C", str(repository.path), where=tmp_path).code == 1


def test_a_mistyped_path_is_not_green(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    repository.git("add", "--all")
    assert one_clear_sentence(foureyes("review", "--staged", "pricse.py"), 2)
    assert one_clear_sentence(foureyes("review", "HEAD", "pricse.py"), 2)
    assert one_clear_sentence(foureyes("review", "--staged", "prices.py", "pricse.py"), 2)
    assert foureyes("review", "--staged", ".").code == 1


def test_a_path_that_the_change_deletes_is_not_mistyped(foureyes: Person, repository: Repository) -> None:
    repository.git("rm", "--quiet", "prices.py")
    assert foureyes("review", "--staged", "prices.py").code != 2


def test_a_bare_repository_is_reviewed_at_its_last_commit(
    foureyes: Person, repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"prices.py": BAD})
    repository.git("clone", "--quiet", "--bare", str(repository.path), str(tmp_path / "bare"))
    ran = foureyes("review", where=tmp_path / "bare")
    assert ran.code == 1
    assert "prices.py:11" in ran.out


@pytest.mark.parametrize(("fail_on", "code"), [("high", 1), ("critical", 0), ("never", 0), ("low", 1)])
def test_the_threshold_decides_the_exit_code(foureyes: Person, repository: Repository, fail_on: str, code: int) -> None:
    repository.write({"prices.py": BAD})
    assert foureyes("review", "--fail-on", fail_on).code == code


def test_the_policy_of_the_base_decides_where_no_option_does(foureyes: Person, repository: Repository) -> None:
    repository.commit({".foureyes.toml": 'fail_on = "critical"\n'})
    repository.write({"prices.py": BAD, ".foureyes.toml": 'ignore = ["*.py"]\n'})
    ran = foureyes("review")
    assert ran.code == 0
    assert "prices.py:11" in ran.out
    assert "This change edits .foureyes.toml" in ran.out


def test_a_file_that_could_not_be_reviewed_is_never_green(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": GOOD + f"x = '{'a' * 1_100_000}'\n"})
    ran = foureyes("review", "--ledger")
    assert ran.code == 3
    assert ran.out.startswith("○ Not reviewed completely")
    assert "prices.py" in ran.out


def test_findings_win_over_gaps(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD, "large.py": f"x = '{'a' * 1_100_000}'\n"})
    assert foureyes("review").code == 1
    assert foureyes("review", "--fail-on", "never").code == 3


def test_nothing_changed_is_fine(foureyes: Person) -> None:
    ran = foureyes("review", "HEAD..HEAD")
    assert ran.code == 0
    assert "Nothing to review" in ran.out


def test_what_is_held_back_shows_on_request(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    folded, shown = foureyes("review", "--floor", "critical"), foureyes("review", "--floor", "critical", "--all")
    assert "Held back  1 finding" in folded.out
    assert "prices.py:11" not in folded.out
    assert "prices.py:11" in shown.out


def test_findings_outside_of_the_change_are_left_alone_unless_asked_for(
    foureyes: Person, repository: Repository
) -> None:
    repository.commit({"prices.py": BAD})
    repository.write({"prices.py": BAD + "\n\nTAX = 1\n"})
    assert foureyes("review").code == 0
    assert foureyes("review", "--lines", "file").code == 1


def test_findings_of_other_tools_come_in(foureyes: Person, repository: Repository, tmp_path: Path) -> None:
    repository.write({"prices.py": SLOPPY})
    line = {"message": "Never do this", "severity": "ERROR", "location": {"path": "prices.py"}}
    line["location"] = {"path": "prices.py", "range": {"start": {"line": 9}}}
    (tmp_path / "tool.json").write_text(json.dumps({"source": {"name": "house"}, "diagnostics": [line]}))
    found = report(foureyes("review", "--import", str(tmp_path / "tool.json"), "-f", "json").out)["findings"]
    assert "Never do this" in {finding["title"] for finding in found}


@pytest.mark.parametrize("form", ["json", "sarif", "markdown", "github", "rdjson", "gitlab", "checkstyle"])
def test_other_forms_print_the_report_alone_on_stdout(foureyes: Person, repository: Repository, form: str) -> None:
    repository.write({"prices.py": BAD})
    ran = foureyes("review", "-f", form)
    begins = {"json": "{", "sarif": "{", "markdown": "**Do not", "github": "::error ", "rdjson": "{", "gitlab": "["}
    assert ran.out.startswith(begins.get(form, "<?xml"))
    assert "Do not merge yet" in ran.err


def test_a_report_goes_to_a_file_and_is_not_printed(foureyes: Person, repository: Repository, tmp_path: Path) -> None:
    repository.write({"prices.py": BAD})
    ran = foureyes("review", "-o", str(tmp_path / "r.txt"), "-q")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    assert "prices.py:11" in (tmp_path / "r.txt").read_text()


def test_a_pipe_gets_no_colour_and_no_progress(installed: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    ran = installed("review")
    assert "\x1b" not in ran.out + ran.err


def test_a_suggestion_found_is_a_suggestion_that_fix_applies(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": SLOPPY})
    assert foureyes("review").out.rstrip().endswith("`foureyes fix` applies the tried suggestion")
    assert foureyes("fix", "--all").code == 0
    assert "        raise ValueError(prices)" in (repository.path / "prices.py").read_text()
    assert foureyes("review").code == 0


def test_a_review_from_a_subfolder_sees_the_whole_change(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD, "deep/er/x.py": GOOD})
    ran = foureyes("review", where=repository.path / "deep/er")
    assert "prices.py:11" in ran.out
    assert foureyes("explain", where=repository.path / "deep").code == 0


def test_a_dry_run_without_a_model_says_that_nothing_would_be_spent(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    ran = foureyes("review", "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("No model would be asked, so nothing would be spent")


def test_a_dry_run_names_units_tokens_and_price(foureyes: Person, repository: Repository) -> None:
    repository.write({"prices.py": BAD})
    ran = foureyes("review", "--dry-run", "--model", "anthropic:claude-opus-4-8", ANTHROPIC_API_KEY="not-a-real-key")
    assert ran.code == 0
    assert "1 unit in up to" in ran.out
    assert "about $0." in ran.out
    assert "· prices.py" in ran.out
