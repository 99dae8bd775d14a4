"""The identity of a finding survives moved lines and reworded titles."""

from hypothesis import given
from hypothesis import strategies as st

from factories import a_finding
from foureyes.engine.fingerprint import fingerprinted
from foureyes.engine.values import MODEL_SOURCE
from foureyes.kit.severity import Category


def print_of(**facts: object) -> str:
    return fingerprinted([a_finding(**facts)])[0].fingerprint


@given(line=st.integers(1, 10_000), indent=st.integers(0, 12))
def test_moved_and_reindented_lines_keep_it(line: int, indent: int) -> None:
    moved = print_of(start_line=line, end_line=line, evidence=" " * indent + "def add(item, items=[]):  ")
    assert moved == print_of()


def test_a_models_wording_and_rule_name_do_not_matter() -> None:
    assert print_of(source=MODEL_SOURCE, rule="a", title="x") == print_of(source=MODEL_SOURCE, rule="b", title="y")


def test_another_rule_file_category_or_line_text_is_another_finding() -> None:
    prints = {
        print_of(),
        print_of(rule="B008"),
        print_of(path="b.py"),
        print_of(evidence="def f():"),
        print_of(source=MODEL_SOURCE),
        print_of(source=MODEL_SOURCE, category=Category.SECURITY),
    }
    assert len(prints) == 6


def test_equal_lines_in_one_file_are_told_apart_by_their_order() -> None:
    first, second = a_finding(start_line=3), a_finding(start_line=9)
    once = fingerprinted([second, first])
    again = fingerprinted([a_finding(start_line=5), a_finding(start_line=11)])
    assert once[0].fingerprint == again[1].fingerprint != once[1].fingerprint == again[0].fingerprint
