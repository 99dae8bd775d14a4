"""The lay of one file: runs of changed lines, touched symbols, what is shown around them."""

from textwrap import dedent

from factories import a_file
from foureyes.code.languages import language_of
from foureyes.engine.lay import Breadth, Lay, breadth_for
from foureyes.engine.units import AskedFile

SOURCE = "import os\n\n\nclass Foo:\n" + "".join(
    f"    def m{number}(self):\n" + "        pass\n" * 10 + "\n" for number in range(6)
)


def lay(before: str, after: str, path: str = "a.py") -> Lay:
    return Lay(AskedFile(a_file(path, before, after), after, language_of(path)))


def changed(line: int, text: str) -> str:
    lines = SOURCE.split("\n")
    lines[line - 1] = text
    return "\n".join(lines)


def breadth(**facts: float) -> Breadth:
    default = dict.fromkeys(Breadth.__dataclass_fields__, 0) | {"header": 1, "whole": 20, "margin": 2, "least": 900}
    return Breadth(**{**default, **facts})  # type: ignore[arg-type]


def test_runs_of_changed_lines_count_in_the_new_file() -> None:
    before = "a\nb\nc\nd\ne\nf\n"
    after = "a\nB\nB2\nc\ne\nf\n"
    runs = lay(before, after, "a.txt").runs
    assert [(run.first, run.last, run.added) for run in runs] == [(2, 3, 2), (4, 4, 0)]


def test_a_removal_belongs_to_the_symbol_of_the_line_before() -> None:
    before = "def a():\n    x = 1\n    y = 2\n\ndef b():\n    pass\n"
    touched = lay(before, before.replace("    y = 2\n", "")).touched
    assert [symbol.name for symbol in touched] == ["a"]


def test_a_touched_symbol_is_shown_whole_with_the_header_of_its_class() -> None:
    shown = lay(SOURCE, changed(20, "        x = 1")).beside(breadth())
    assert 4 in shown
    assert {17, 24, 27} <= shown
    assert not shown & set(range(28, 60))


def test_of_a_long_symbol_only_the_neighbourhood_is_shown() -> None:
    shown = lay(SOURCE, changed(20, "        x = 1")).beside(breadth(whole=3, margin=5))
    assert shown == {4, 17, 24, 25}


def test_without_room_only_headers_are_shown() -> None:
    assert lay(SOURCE, changed(20, "        x = 1")).beside(breadth(least=0)) == {4, 17}


def test_around_a_new_file_and_a_file_without_symbols_nothing_is_shown() -> None:
    assert lay("", SOURCE).beside(breadth()) == set()
    assert lay("a\nb\n", "a\nc\n", "a.txt").beside(breadth()) == set()


def test_names_on_lines_of_imports_are_left_out() -> None:
    source = dedent(
        """\
        from lib import (
            load,
        )
        def run(path):
            return load(path), Other.name, path.stem, path.size()
        """
    )
    assert lay("", source).names_used([range(1, 6)]) == ("load", "size", "Other")


def test_larger_changes_are_shown_more_narrowly() -> None:
    small, medium, large = (breadth_for(lines) for lines in (200, 1_500, 1_501))
    assert small.whole > medium.whole > large.whole
    assert small.share > medium.share > large.share
    assert breadth_for(0) is small
