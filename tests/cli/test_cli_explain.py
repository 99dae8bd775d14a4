"""`foureyes explain`: why something was said, and why something was not."""

import pytest
from cli_reviews import APP, leave_review
from cli_world import Person, Repository, one_clear_sentence


@pytest.fixture(autouse=True)
def reviewed(repository: Repository) -> Repository:
    repository.commit({"app.py": APP})
    leave_review(repository.path)
    return repository


def facts(out: str) -> dict[str, str]:
    """The labelled lines of an explanation."""
    rows = [line for line in out.splitlines() if len(line) > 14 and line[:13].strip() and line[13] == " "]
    return {row[:14].strip(): row[14:] for row in rows}


def test_without_a_finding_all_are_listed(foureyes: Person) -> None:
    shown = foureyes("explain").out
    assert "aa11aa11 ▲ app.py:4 Division by zero when the basket is empty" in shown
    assert "Not said: 1 candidate at app.py:3" in shown


def test_a_finding_is_explained_from_rule_to_verification(foureyes: Person) -> None:
    told = facts(foureyes("explain", "aa11").out)
    assert told["Rule"] == "model:zero-division (bug)"
    assert told["Model"] == "anthropic:claude"
    assert told["Prompt"] == "review-1"
    assert told["Votes"] == "2 of 3 passes"
    assert told["Verification"] == "an empty basket reaches it"
    assert told["Context"] == "app.py:3-4"
    assert told["Also said by"] == "ruff:B018"


def test_an_analysers_finding_names_the_page_of_its_rule(foureyes: Person) -> None:
    told = facts(foureyes("explain", "bb22").out)
    assert told["More"] == "https://docs.astral.sh/ruff/rules/unused-import"
    assert "Votes" not in told


def test_a_place_tells_what_was_said_and_what_was_refused_there(foureyes: Person) -> None:
    shown = foureyes("explain", "app.py:3").out
    assert "No docstring" in shown
    assert "A name that may confuse" in shown
    assert facts(shown)["Reason"] == "not real"
    assert facts(shown)["Detail"] == "it is the field's own word"
    assert "Division by zero" not in shown


def test_a_path_alone_tells_all_of_its_file(foureyes: Person) -> None:
    shown = foureyes("explain", "app.py").out
    assert all(words in shown for words in ("Division by zero", "unused", "No docstring", "may confuse"))


def test_an_unknown_finding_is_one_clear_sentence(foureyes: Person) -> None:
    ran = foureyes("explain", "app.py:99")
    assert one_clear_sentence(ran, 2)
    assert "`foureyes explain` lists the findings" in ran.err


def test_lines_fit_a_narrow_terminal(foureyes: Person) -> None:
    assert max(map(len, foureyes("explain", "aa11", COLUMNS="44").out.splitlines())) <= 44
