"""Outlines of a file and of a whole change."""

from factories import a_change
from foureyes.code.definitions import outline
from foureyes.code.languages import Language
from foureyes.diff.values import Change, FileChange, FileStatus
from foureyes.engine.outline import outline_of, outline_of_file
from foureyes.llm.tokens import guessed

SOURCE = "LIMIT = 1\n\nclass Foo:\n    def run(self): ...\n\n    def stop(self): ...\n\ndef top(): ...\n"


def test_the_outline_of_a_change_names_files_sizes_and_symbols() -> None:
    change = a_change(**{"a.py": ("", "x = 1\ny = 2\n"), "b.py": ("x\n", "y\n")})
    assert outline_of(change, {"a.py": ["Foo.run", "top"]}) == "A a.py +2 -0: Foo.run, top\nM b.py +1 -1"


def test_a_moved_file_says_where_it_was() -> None:
    moved = FileChange("new\tname.py", FileStatus.RENAMED, old_path="old\x1b.py")
    assert outline_of(Change("a", "b", (moved,))) == "R new\tname.py from old\\x1b.py +0 -0"


def test_the_outline_of_a_large_change_is_cut_and_counts_the_rest() -> None:
    files = tuple(FileChange(f"src/module/file_{number}.py", FileStatus.MODIFIED) for number in range(500))
    told = outline_of(Change("a", "b", files))
    assert guessed(told) < 450
    shown = told.count("\n")
    assert told.endswith(f"... and {500 - shown} more files")


def test_many_symbols_of_one_file_are_cut() -> None:
    change = a_change(**{"a.py": ("", "x\n")})
    assert outline_of(change, {"a.py": [f"f{number}" for number in range(9)]}).endswith("f5, ...")


def test_the_outline_of_a_file_is_one_line() -> None:
    told = outline_of_file(outline(SOURCE, Language.PYTHON), 100)
    assert told == "In this file: Foo 3-6 (run, stop); top 8-8"


def test_the_outline_of_a_file_keeps_to_its_tokens() -> None:
    symbols = outline("\n\n".join(f"def function_{number}(): ..." for number in range(100)), Language.PYTHON)
    told = outline_of_file(symbols, 60)
    assert guessed(told) < 75
    assert told.endswith("; ...")


def test_a_file_with_one_symbol_needs_no_outline() -> None:
    assert outline_of_file(outline("def run(): ...\n", Language.PYTHON), 100) == ""
