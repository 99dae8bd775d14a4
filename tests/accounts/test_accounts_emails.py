"""E-mail addresses have one form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.accounts.emails import PATTERN, normalised


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada@Example.ORG\n", "ada@example.org"),
        ("ada+ci@localhost", "ada+ci@localhost"),
        ("o'hara@xn--bcher-kva.example", "o'hara@xn--bcher-kva.example"),
    ],
)
def test_case_and_white_space_do_not_count(written: str, kept: str) -> None:
    assert normalised(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@home@example.org",
        "ada lovelace@example.org",
        "ada\0@example.org",
        "ada\r\nBcc: all@example.org",
        "\N{CYRILLIC SMALL LETTER A}da@example.org",
        "\N{KELVIN SIGN}arl@example.org",
        "ada@\ud800.org",
        "a" * 65 + "@example.org",
        "ada@" + "e" * 251,
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="must be an e-mail address"):
        normalised(written)


@given(st.text(max_size=300))
def test_the_form_of_a_form_is_itself(written: str) -> None:
    try:
        kept = normalised(written)
    except ValueError:
        return
    assert normalised(kept) == kept
    assert kept.isascii()
    assert re.search(PATTERN, written)
    assert len(kept) <= 254
