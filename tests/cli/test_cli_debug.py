"""`foureyes debug`: every option, and the policy of the repository that it looks into."""

import json
from pathlib import Path

import pytest
from cli_world import Person, Repository, one_clear_sentence

CODE = "def total(prices):\n    if not prices:\n        ValueError(prices)\n\n    return sum(prices)\n"
BOOM = """Traceback (most recent call last):
  File "prices.py", line 5, in total
    return sum(prices)
TypeError: 'NoneType' object is not iterable
"""


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": CODE, "other.py": "x = 1\n"})
    return repository


def hints(out: str) -> list[str]:
    return [hint["source"] for hint in json.loads(out)["hints"]]


def test_an_analyser_that_the_policy_switched_off_says_nothing(foureyes: Person, begun: Repository) -> None:
    before = hints(foureyes("debug", "-f", "json", stdin=BOOM).out)
    begun.write({".foureyes.toml": '[analyzers]\noff = ["ruff"]\n'})
    after = hints(foureyes("debug", "-f", "json", stdin=BOOM).out)
    assert [source for source in before if source.startswith("ruff")]
    assert not [source for source in after if source.startswith("ruff")]


def test_the_policy_holds_for_named_files_too(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": '[analyzers]\noff = ["ruff"]\n'})
    told = hints(foureyes("debug", "prices.py", "-f", "json", stdin=BOOM).out)
    assert not [source for source in told if source.startswith("ruff")]


def test_a_broken_policy_is_named(foureyes: Person, begun: Repository) -> None:
    begun.write({".foureyes.toml": 'floor = "scary"\n'})
    ran = foureyes("debug", stdin=BOOM)
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith(".foureyes.toml:1: ")


def test_only_named_files_are_looked_at(foureyes: Person) -> None:
    told = json.loads(foureyes("debug", "other.py", "-f", "json", stdin=BOOM).out)
    assert told["frames"] == []
    assert foureyes("debug", "other.py", stdin=BOOM).code == 0


def test_outside_a_repository_files_must_be_named(foureyes: Person, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "prices.py").write_text(CODE)
    assert one_clear_sentence(foureyes("debug", stdin=BOOM, where=alone), 2)
    assert "prices.py:5 in total" in foureyes("debug", "prices.py", stdin=BOOM, where=alone).out


def test_in_a_bare_repository_the_last_commit_is_looked_at(foureyes: Person, begun: Repository, tmp_path: Path) -> None:
    begun.git("clone", "--quiet", "--bare", str(begun.path), str(tmp_path / "bare.git"))
    assert "prices.py:5 in total" in foureyes("debug", stdin=BOOM, where=tmp_path / "bare.git").out


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_a_diagnosis_can_go_into_a_file(foureyes: Person, begun: Repository, form: str) -> None:
    ran = foureyes("debug", "-f", form, "-o", "told.txt", stdin=BOOM)
    assert (ran.code, ran.out) == (0, "")
    assert "NoneType" in (begun.path / "told.txt").read_text()


def test_without_a_patch_there_is_nothing_to_apply(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("debug", "--apply", stdin=BOOM)
    assert "There is no patch to apply." in ran.err
    assert (begun.path / "prices.py").read_text() == CODE


def test_a_file_for_the_report_is_looked_at_before_the_error_is_read(foureyes: Person) -> None:
    assert one_clear_sentence(foureyes("debug", "-o", "nowhere/told.txt", stdin=BOOM), 2)


def test_another_directory_can_be_named(foureyes: Person, begun: Repository, tmp_path: Path) -> None:
    assert "prices.py:5 in total" in foureyes("debug", "-C", str(begun.path), stdin=BOOM, where=tmp_path).out


def test_an_error_that_is_no_utf8_is_still_read(foureyes: Person) -> None:
    ran = foureyes("debug", stdin=b"\xff\xfe\n" + BOOM.encode())
    assert ran.code == 0
    assert "prices.py:5 in total" in ran.out
