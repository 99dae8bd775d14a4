"""Explanations to the letter, of rich and hostile findings, of refusals, and at every width."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from cli_reviews import APP, DIVISION, REFUSED, UNMENDED, UNUSED, a_result
from cli_world import Person, Repository, one_clear_sentence
from rich.cells import cell_len

from foureyes.cli.lastreview import store
from foureyes.diff.values import Side
from foureyes.engine.reports.document import document
from foureyes.engine.values import FindingState, Refusal, RefusalReason, ReviewResult, Trace
from foureyes.settings import load_settings

NASTY = "\x1b[31mred\u202e `x` [bold]y[/bold] ::error::z ##[group]"


@pytest.fixture(autouse=True)
def begun(repository: Repository) -> Repository:
    repository.commit({"app.py": APP})
    return repository


def keep(checkout: Path, result: ReviewResult) -> None:
    store(load_settings().cache_dir, checkout, document(result), {})


def told(person: Person, *arguments: str, columns: str = "100") -> str:
    ran = person("explain", *arguments, COLUMNS=columns)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_a_models_finding_to_the_letter(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, a_result([DIVISION]))
    assert told(foureyes, "aa11") == dedent("""\
        ▲ high  app.py:4
        Division by zero when the basket is empty
        The list is shared between calls.

        Rule          model:zero-division (bug)
        Also said by  ruff:B018
        Evidence      return sum(prices) / len(prices)
        Confidence    90%
        Model         anthropic:claude
        Prompt        review-1
        Votes         2 of 3 passes
        Verification  an empty basket reaches it
        Context       app.py:3-4
        Suggestion    tried: applies, parses; `foureyes fix aa11aa11` applies it
        State         new
        Fingerprint   aa11aa11aa11aa11

        """)


def test_an_analysers_finding_has_no_confidence_and_no_model(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, a_result([UNMENDED]))
    labels = [line[:14].strip() for line in told(foureyes, "bb33").splitlines()[4:] if line]
    assert labels == ["Rule", "Evidence", "State", "Fingerprint"]


def test_a_refusal_to_the_letter(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, a_result())
    assert told(foureyes, "app.py:3") == dedent("""\
        Not said  app.py:3
        A name that may confuse

        Source        model
        Reason        not real
        Detail        it is the field's own word

        """)


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_every_reason_for_a_refusal_is_told_in_words(
    foureyes: Person, begun: Repository, reason: RefusalReason
) -> None:
    keep(begun.path, replace(a_result(), refusals=(replace(REFUSED, reason=reason, detail=""),)))
    shown = told(foureyes, "app.py:3")
    assert f"Reason        {reason.replace('-', ' ')}\n" in shown
    assert "Detail" not in shown


def test_several_refusals_at_one_place_are_all_told_and_listed_once(foureyes: Person, begun: Repository) -> None:
    other = Refusal("app.py", 3, "Another guess", "model", RefusalReason.NO_QUOTE, "")
    keep(begun.path, replace(a_result(), refusals=(REFUSED, other)))
    assert told(foureyes, "app.py:3").count("Not said  app.py:3") == 2
    assert "Not said: 2 candidates at app.py:3\n" in told(foureyes)


def test_what_was_held_back_or_fixed_can_be_explained_too(foureyes: Person, begun: Repository) -> None:
    settled = replace(UNMENDED, state=FindingState.FIXED)
    keep(begun.path, replace(a_result([DIVISION]), held_back=(UNUSED,), settled=(settled,)))
    assert "State         fixed\n" in told(foureyes, "bb33")
    assert "F401" in told(foureyes, "bb22")
    assert told(foureyes).count("app.py:") == 4


def test_a_place_inside_a_range_finds_the_finding_and_one_beside_it_does_not(
    foureyes: Person, begun: Repository
) -> None:
    keep(begun.path, replace(a_result([replace(DIVISION, start_line=2, end_line=4)]), refusals=()))
    assert "Division by zero" in told(foureyes, "app.py:2")
    assert "Division by zero" in told(foureyes, "app.py:4")
    assert one_clear_sentence(foureyes("explain", "app.py:5"), 2)
    assert one_clear_sentence(foureyes("explain", "app.py:1"), 2)


def test_a_path_with_colons_is_still_a_path(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, a_result([replace(UNUSED, path="a:1:b.py", start_line=7, end_line=7)]))
    assert "a:1:b.py:7" in told(foureyes, "a:1:b.py:7")
    assert "a:1:b.py:7" in told(foureyes, "a:1:b.py")


@pytest.mark.parametrize("wanted", ["", "a", "AA", "aa11aa11aa11aa11"])
def test_any_clear_beginning_of_a_fingerprint_will_do(foureyes: Person, begun: Repository, wanted: str) -> None:
    keep(begun.path, a_result([DIVISION]))
    assert "Fingerprint   aa11aa11aa11aa11" in told(foureyes, wanted)


@pytest.mark.parametrize("wanted", ["zz", "aa11aa11aa11aa11ff", "app.py:999999999", ":4", "app.py:", "nosuch.py", "\n"])
def test_what_is_nowhere_is_one_clear_sentence(foureyes: Person, begun: Repository, wanted: str) -> None:
    keep(begun.path, a_result([DIVISION]))
    assert one_clear_sentence(foureyes("explain", wanted), 2)


def test_a_removed_line_is_said_to_be_one(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, a_result([replace(UNMENDED, side=Side.LEFT)]))
    assert "▲ high  app.py:3 (removed)\n" in told(foureyes, "bb33")


@pytest.mark.parametrize("columns", ["40", "61", "120", "200"])
def test_hostile_words_fit_every_width_and_do_nothing(foureyes: Person, begun: Repository, columns: str) -> None:
    trace = Trace(NASTY, NASTY, (NASTY, NASTY), 1, 1, NASTY)
    nasty = replace(DIVISION, path=NASTY, title=NASTY, explanation=NASTY, evidence=NASTY, rule=NASTY, trace=trace)
    refusal = Refusal(NASTY, 1, NASTY, NASTY, RefusalReason.NO_QUOTE, NASTY)
    keep(begun.path, replace(a_result([nasty]), refusals=(refusal,), headline=NASTY))
    for shown in (told(foureyes, columns=columns), told(foureyes, NASTY, columns=columns)):
        assert max(map(cell_len, shown.splitlines())) <= int(columns)
        assert not set(shown) & {"\x1b", "\u202e"}
        assert "##[" not in shown
        assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]


def test_a_review_without_anything_is_a_line(foureyes: Person, begun: Repository) -> None:
    keep(begun.path, replace(a_result(), refusals=(), headline="Nothing to flag."))
    [line] = told(foureyes).splitlines()
    assert line.startswith("The last review, 20")
    assert line.endswith(": Nothing to flag.")
