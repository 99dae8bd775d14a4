"""Diagnostics in the cache: what goes in comes out, and damage is no crash."""

import pytest
from analyzers_house import analyzed
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers import results, ruff
from foureyes.analyzers.port import Diagnostic, Replacement
from foureyes.analyzers.runner import analyse
from foureyes.kit.keyvalue import MemoryStore
from foureyes.kit.severity import Category, Severity

TEXT = st.text(alphabet=st.characters(codec=None), max_size=20)
REPLACEMENTS = st.builds(Replacement, st.integers(1, 9), st.integers(1, 9), st.lists(TEXT, max_size=3).map(tuple))
DIAGNOSTICS = st.builds(
    Diagnostic,
    path=TEXT,
    start_line=st.integers(1, 99),
    end_line=st.integers(1, 99),
    tool=TEXT,
    rule=TEXT,
    message=TEXT,
    severity=st.sampled_from(Severity),
    category=st.sampled_from(Category),
    explanation=TEXT,
    url=st.none() | TEXT,
    replacement=st.none() | REPLACEMENTS,
    confidence=st.floats(0, 1),
)


@given(st.lists(DIAGNOSTICS, max_size=3))
def test_what_goes_in_comes_out(diagnostics: list[Diagnostic]) -> None:
    assert results.load(results.dump(diagnostics)) == diagnostics


@pytest.mark.parametrize("raw", [None, b"", b"{", b"null", b"[1]", b"[{}]", b'[{"path": 1}]', b"\xff", b'{"a": 1}'])
def test_a_damaged_entry_is_no_entry(raw: bytes | None) -> None:
    assert results.recall(raw) is None


def test_path_and_content_both_make_the_digest() -> None:
    first, second, third = analyzed({"a": "x", "b": "x", "c": "y"})
    assert len({results.digest(one) for one in (first, second, third)}) == 3


def test_the_order_of_files_does_not_make_another_key() -> None:
    assert results.key("tool", ["a", "b"]) == results.key("tool", ["b", "a"])
    assert results.key("tool", ["a", "b"]) != results.key("tool", ["a"])


class Damaged(MemoryStore):
    """A store that gives back something else than was put in."""

    async def get_many(self, keys: object) -> dict[str, bytes]:
        return dict.fromkeys(keys, b"damaged")  # type: ignore[call-overload, no-any-return]


async def test_a_damaged_cache_only_costs_time() -> None:
    analysis = await analyse(analyzed({"a.py": "undefined\n"}), analyzers=[ruff.ANALYZER], cache=Damaged())
    assert [one.rule for one in analysis.diagnostics if one.rule == "F821"] == ["F821"]
