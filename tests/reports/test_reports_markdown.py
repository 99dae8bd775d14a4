"""The comment for a pull request: verdict first, capped, and unable to do anything whatever it quotes."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_samples import CLEAN, DIVISION, HOSTILE_TEXT, REVIEW, hostile_review

from foureyes.engine.reports.form import View
from foureyes.engine.reports.inert import code, fence, inert
from foureyes.engine.reports.markdown import LONGEST, write_markdown
from foureyes.engine.values import Coverage, FileEntry, Ledger, Suggestion

UNFOLDED = View(held_back=True, ledger=True, refusals=True)
ACTING = {"html_inline", "html_block", "link_open", "image"}
REFERENCE = re.compile(r"@\w|[#!&]\d|\bGH-\d|https?://|www\.", re.IGNORECASE)


def tokens(markdown: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown):
        yield token
        yield from token.children or ()


def prose(markdown: str) -> str:
    return " ".join(token.content for token in tokens(markdown) if token.type == "text")


def test_the_verdict_is_the_first_line() -> None:
    first = write_markdown(REVIEW).splitlines()[0]
    assert first == "**Do not merge yet: 1 high finding on lines this change touches.**"


def test_a_finding_has_its_place_its_words_and_its_diff() -> None:
    shown = write_markdown(REVIEW)
    assert "#### ▲ high · `src/shop/orders.py:5`\n" in shown
    assert "**Division by zero when the basket is empty.** `average([])` divides by zero" in shown
    assert "```diff\n-    return total / len(prices)\n+    return total / len(prices) if prices else 0.0\n```" in shown


def test_a_clean_review_says_that_no_model_was_asked() -> None:
    assert "- Model: No model was asked: only static analysers looked." in write_markdown(CLEAN)


def test_code_spans_stay_code_spans() -> None:
    assert inert("call `f(*args)` or ``a ` b``") == "call `f(*args)` or ``a ` b``"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("thanks @octocat", "thanks @\u200boctocat"),
        ("fixes #12", "fixes #\u200b12"),
        ("see https://evil.example/x", "see `https://evil.example/x`"),
        ("<b>*x*</b>", r"&lt;b&gt;\*x\*&lt;/b&gt;"),
        ("![i](x)", r"\!\[i\](x)"),
        ("a\n/approve", "a /approve"),
    ],
)
def test_outside_text_is_shown_and_does_nothing(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_hostile_review_acts_in_no_way() -> None:
    shown = write_markdown(hostile_review(), UNFOLDED)
    assert not {token.type for token in tokens(shown)} & ACTING
    assert not REFERENCE.search(prose(shown))
    assert not [line for line in shown.splitlines() if line.lstrip().startswith(("/", "@", "::"))]


@given(st.text(alphabet="`@#1a/[](!<>&*_:\\ \n~$|.-wh\u202e", max_size=60))
def test_no_text_gets_out_of_its_line(text: str) -> None:
    shown = f"It says {inert(text)}"
    parsed = list(tokens(shown))
    assert "\n" not in shown
    assert not {token.type for token in parsed} & (ACTING | {"heading_open", "bullet_list_open", "fence", "em_open"})
    assert not REFERENCE.search(prose(shown))


@given(st.text(alphabet="`a \n", min_size=1, max_size=30))
def test_nothing_leaves_a_code_span(text: str) -> None:
    spans = [token for token in tokens(f"x {code(text)} y") if token.type == "code_inline"]
    assert len(spans) == 1


@given(st.lists(st.text(alphabet="`~a", max_size=12), max_size=5))
def test_nothing_leaves_a_fence(lines: list[str]) -> None:
    block = fence([f"+{line}" for line in lines], "diff")
    parsed = [token.type for token in tokens("\n".join([*block, "", "after"]))]
    assert parsed[:2] == ["fence", "paragraph_open"]


@pytest.mark.parametrize("limit", [LONGEST, 4_000])
def test_a_long_review_is_cut_and_says_what_was_left_out(limit: int) -> None:
    findings = tuple(replace(DIVISION, explanation="very " * 200, fingerprint=f"{n:016x}") for n in range(300))
    shown = write_markdown(replace(REVIEW, findings=findings), limit=limit)
    told = shown.count("#### ▲ high")
    assert len(shown.encode()) <= limit
    assert 0 < told < 300
    assert f"**{300 - told} more entries left out**" in shown
    assert "- Coverage: " in shown


def test_many_fates_and_endless_words_leave_room_for_findings() -> None:
    ledger = Ledger(tuple(FileEntry(f"{n}", Coverage.FAILED, f"reason {n} " * 500) for n in range(400)))
    review = replace(REVIEW, ledger=ledger, headline="x" * 100_000)
    shown = write_markdown(review, UNFOLDED)
    assert len(shown.encode()) <= LONGEST
    assert "#### ▲ high" in shown
    assert "- and 390 more" in shown


def test_the_lines_of_a_long_suggestion_are_counted() -> None:
    long = Suggestion(5, 5, tuple(f"line {n}" for n in range(100)), ("applies",))
    shown = write_markdown(replace(REVIEW, findings=(replace(DIVISION, suggestion=long),)))
    assert "# 61 more lines" in shown


def test_the_unfolded_parts_are_there_when_asked_for() -> None:
    shown = write_markdown(REVIEW, UNFOLDED)
    assert "A remark under the floor" in shown
    assert "- Not said: `src/shop/orders.py:9` A guess (no quote: no such line)" in shown
    assert "- `poetry.lock`" in shown


def test_hostile_text_is_still_readable() -> None:
    assert "evil.example" in inert(HOSTILE_TEXT)
    assert "&lt;img src=x onerror=alert(1)&gt;" in inert(HOSTILE_TEXT)
