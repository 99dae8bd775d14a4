"""Prompts are plain functions: the same words give the same prompt, and outside text can't leave its fence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_candidate
from foureyes.engine.candidates import Ruling, schema_for
from foureyes.engine.prompts import mend, review, verify
from foureyes.engine.prompts.fence import fenced
from foureyes.kit.severity import Severity


@given(st.text())
def test_no_text_can_close_its_own_fence(text: str) -> None:
    whole = fenced("code", text)
    mark = whole.splitlines()[0].removeprefix("<code ").removesuffix(">")
    assert whole.count(f"</code {mark}>") == 1
    assert whole.endswith(f"</code {mark}>")


def test_a_unit_names_only_what_there_is() -> None:
    prompt = review.unit(review.UnitWords(title="Add paging", description="", outline="M a.py", code="+ 1 | x"))
    assert [m[1] for m in re.finditer(r"^<(\w+) [0-9a-f]{12}>$", prompt, re.MULTILINE)] == [
        "description",
        "outline",
        "code",
    ]


def test_a_unit_carries_instructions_analysers_earlier_and_other_remarks() -> None:
    words = review.UnitWords("", "", "M a.py", "code", ("no floats",), ("a.py:1 ruff",), ("a.py:2",), ("bot: a.py:3",))
    prompt = review.unit(words)
    assert all(part in prompt for part in ("- no floats", "- a.py:1 ruff", "- a.py:2", "- bot: a.py:3"))
    assert "description" not in prompt


def test_the_system_part_is_the_same_for_all_units_and_small() -> None:
    assert review.system(language="English") == review.system(language="english")
    assert len(review.system(language="English")) < 5000
    assert "Deutsch" in review.system(language="Deutsch")
    assert "AGENTS.md" in review.system(language="English", conventions=[("AGENTS.md", "Use tabs.")])


def test_the_schema_names_the_files_of_the_unit() -> None:
    assert '"enum":["a.py","b.py"]' in str(schema_for(["b.py", "a.py"]).model_json_schema()).replace("'", '"').replace(
        " ", ""
    )


def test_a_mend_names_each_refused_candidate_with_its_reason() -> None:
    assert "refused: no such line" in mend.prompt("code", [(a_candidate(), "no such line")])


def test_the_verdict_line_is_read_with_its_facts() -> None:
    verdict = verify.read_verdict(
        "Empty list.\nVERDICT: not\nVERDICT: real; severity=medium; line=12; because=items may be empty"
    )
    assert verdict is not None
    assert (verdict.verdict, verdict.severity, verdict.line) == (Ruling.REAL, Severity.MEDIUM, 12)
    assert verdict.reason == "items may be empty"


@pytest.mark.parametrize("line", ["**VERDICT: not**", "verdict: UNSURE; because=no idea", "> VERDICT: real"])
def test_small_liberties_of_form_are_read_too(line: str) -> None:
    assert verify.read_verdict(f"words\n{line}\n") is not None


@pytest.mark.parametrize("text", ["", "It is real.", "VERDICT: maybe", "the VERDICT: real one would be"])
def test_no_verdict_line_is_no_verdict(text: str) -> None:
    assert verify.read_verdict(text) is None
