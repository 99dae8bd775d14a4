"""Lines for a terminal: they fit, they lose nothing, and nothing in them acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from foureyes.engine.reports.lines import cut, paragraphs, safe, wrapped

WORDS = st.text(alphabet="ab é数\t [/]*:#-\u0301", max_size=120)


def plain(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    return [line.plain for line in wrapped(Text(text), width=width, first=Text(first), rest=Text(rest))]


@given(WORDS, st.integers(40, 90))
def test_wrapped_lines_fit_and_keep_every_letter(text: str, width: int) -> None:
    lines = list(wrapped(Text(safe(text)), width=width, first=Text("- "), rest=Text("  ")))
    assert all(line.cell_len <= width for line in lines)
    kept = "".join(line.plain[2:] for line in lines)
    assert "".join(kept.split()) == "".join(safe(text).split())


def test_the_first_line_has_its_own_beginning() -> None:
    assert plain("one two three", width=10, first="* ", rest="  ") == ["* one two", "  three"]


def test_a_word_longer_than_the_line_is_folded() -> None:
    assert plain("a" * 25, width=12, first="> ", rest="> ") == ["> " + "a" * 10, "> " + "a" * 10, "> " + "a" * 5]


def test_nothing_is_one_empty_line() -> None:
    assert plain("", width=40, first="Label ") == ["Label "]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\u2060::error::x"),
        ("say ::add-mask::y", "say \u2060::add-mask::y"),
        ("std::vector", "std::vector"),
        ("##[group]", "##\u2060[group]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb", "a\\x0ab"),
        ("\u202egnp.exe", "\\u{202e}gnp.exe"),
    ],
)
def test_what_could_act_is_written_out_or_broken(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text(max_size=60))
def test_safe_text_is_one_line_without_controls(text: str) -> None:
    shown = safe(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(letter) < 0x20 and letter != "\t" for letter in shown)
    shown.encode("utf-8")


@given(WORDS, st.integers(1, 60))
def test_a_cut_line_fits(text: str, width: int) -> None:
    assert cut(Text(safe(text)), width).cell_len <= width


def test_paragraphs_are_the_lines_that_say_something() -> None:
    assert paragraphs("  one\n\n two \r\nthree\n ") == ["one", "two", "three"]
