"""File names are read and written as git quotes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.diff import names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("plain name", "plain name"),
        (r'"tab\there"', "tab\there"),
        (r'"\346\227\245"', "日"),
        (r'"\351"', "\udce9"),
        (r'"quote\"back\\slash"', 'quote"back\\slash'),
        (r'"\a\b\n\v\f\r"', "\a\b\n\v\f\r"),
        (r'"not closed', r'"not closed'),
        (r'"a" b"', r'"a" b"'),
    ],
)
def test_quotes_are_undone(written: str, name: str) -> None:
    assert names.unquoted(written) == name


@given(st.binary(min_size=1))
def test_quoting_comes_back_and_stays_on_one_line(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    written = names.quoted(name)
    assert names.unquoted(written) == name
    assert not set("\n\t\r\0") & set(written)


def test_names_that_need_no_quotes_have_none() -> None:
    assert names.quoted("src/naïve file.py") == "src/naïve file.py"
