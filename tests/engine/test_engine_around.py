"""The verifier sees imports, the enclosing symbol and the change, and never a whole huge file."""

from foureyes.code.languages import Language
from foureyes.engine.around import code_around

LINES = [
    "import os",
    "",
    *["x = 1"] * 60,
    "def first(items):",
    '    """First."""',
    "    return items[0]",
    *["y = 2"] * 90,
]


def test_the_enclosing_function_and_the_imports_are_shown_with_numbers() -> None:
    shown = code_around(LINES, 65, 65, added=frozenset({65}), language=Language.PYTHON).split("\n")
    assert shown[0] == "     1 | import os"
    assert "      ..." in shown
    assert "    63 | def first(items):" in shown
    assert "+   65 |     return items[0]" in shown


def test_a_long_file_without_a_grammar_is_cut_to_a_window() -> None:
    shown = code_around(["word"] * 5000, 2500, 2500, added=frozenset()).split("\n")
    assert len(shown) < 80


def test_a_huge_claimed_range_and_a_huge_line_stay_bounded() -> None:
    shown = code_around(["w" * 5_000_000, *["x"] * 5000], 1, 5000, added=frozenset(), language=Language.PYTHON)
    assert len(shown) < 10_000
    assert "[line cut]" in shown
