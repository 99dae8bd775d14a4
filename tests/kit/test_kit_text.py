"""Text from elsewhere: bytes survive, and nothing printed can move a cursor or reorder what is read."""

import unicodedata
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.kit import clock
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import counted, decode, encode, folded, printable, shortened, well_formed


@given(st.binary())
def test_decoding_loses_no_byte(raw: bytes) -> None:
    assert encode(decode(raw)) == raw


@given(st.text(st.characters(codec=None)))
def test_well_formed_text_can_be_encoded_and_keeps_its_length(text: str) -> None:
    fixed = well_formed(text)
    assert fixed.encode("utf-8").decode("utf-8") == fixed
    assert len(fixed) == len(text)


def test_lone_surrogates_become_replacement_characters() -> None:
    assert well_formed("a\udc80b\ud800") == "a\ufffdb\ufffd"


@given(st.text())
def test_what_is_printed_is_one_line_without_controls(text: str) -> None:
    shown = printable(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    # A tab is the one control that only moves to the right.
    assert all(unicodedata.category(character) != "Cc" or character == "\t" for character in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines", "two\\x0alines"),
        ("abc\u202edef", "abc\\u{202e}def"),
        ("zero\u200bwidth", "zero\\u{200b}width"),
        ("tag\U000e0041", "tag\\u{e0041}"),
        ("naïve 日本語 ✓", "naïve 日本語 ✓"),
    ],
)
def test_characters_that_lie_are_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(), st.integers(1, 50))
def test_shortened_text_fits(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    assert len(cut) <= limit
    assert cut == text or cut.endswith("…")


def test_folding_forgets_case_form_and_white_space() -> None:
    assert folded("  Straße\t\uff21 ") == folded("STRASSE a") == "strasse a"


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [(0, ("file",), "0 files"), (1, ("file",), "1 file"), (1234, ("entry", "entries"), "1,234 entries")],
)
def test_counting(number: int, words: tuple[str, ...], said: str) -> None:
    assert counted(number, *words) == said


def test_severities_are_ordered_and_stored_by_name() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == list(Severity)
    assert Severity("critical").rank > Severity.HIGH.rank > Severity.MEDIUM.rank > Severity.LOW.rank
    assert {str(category) for category in Category} >= {"bug", "security", "data-loss"}


def test_the_clock_is_aware_and_the_counter_never_goes_back() -> None:
    assert clock.now().tzinfo is UTC
    first = clock.steady()
    assert clock.steady() >= first
