"""Token counts without a tokenizer: one to plan with, one that is never too low."""

from hypothesis import given
from hypothesis import strategies as st

from foureyes.llm.tokens import ceiling, guessed

CODE = "def mean(values):\n    return sum(values) / len(values)  # fails on []\n" * 50


def test_code_is_guessed_at_three_to_four_bytes_a_token() -> None:
    assert len(CODE) / 4 <= guessed(CODE) <= len(CODE) / 3


def test_the_ceiling_is_well_above_the_guess_and_below_one_token_a_byte() -> None:
    assert guessed(CODE) * 1.2 < ceiling(CODE) - 1000 < len(CODE)


def test_signs_digits_and_foreign_letters_count_in_full() -> None:
    assert ceiling("{}();") == 1000 + 5
    assert ceiling("12345") == 1000 + 5
    assert ceiling("日本") == 1000 + 6


def test_indentation_is_cheap() -> None:
    assert ceiling(" " * 16) <= 1000 + 2


@given(st.text(), st.text())
def test_any_text_can_be_counted_and_parts_add_up(one: str, other: str) -> None:
    assert ceiling(one, other) == ceiling(one) + ceiling(other) - 1000
    assert guessed(one) >= 0


def test_lone_surrogates_are_counted_too() -> None:
    assert guessed("\udc80") == 1
    assert ceiling("\udc80") == 1003
