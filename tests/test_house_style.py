"""The measure of style: what it counts, and that it stops what is over a limit."""

import sys
from pathlib import Path

import pytest

from tools import check_style

DOUBLE = "def double{n}(number: int) -> int:\n    doubled = number * 2\n    return doubled\n"
GOOD = "# Twice is what callers ask for.\n" + "\n".join(DOUBLE.format(n=n) for n in range(8))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    return folder


def over(source: Path, test_lines: int = 10_000) -> dict[str, str]:
    return {row.name: row.worst for row in check_style.rows(check_style.measure(source), test_lines) if row.over}


def one_function(body: str) -> check_style.FunctionShape:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    tree = check_style.ast.parse(f"def it(a, b: int):\n{lines}\n")
    return check_style._function(tree.body[0], "it.py")


def test_small_annotated_functions_are_within_every_limit(source: Path) -> None:
    assert over(source) == {}


def test_a_long_function_is_named(source: Path) -> None:
    (source / "long.py").write_text("def long() -> None:\n" + "    print()\n" * 101)
    assert over(source)["functions over 100 lines"] == "long.py:1 long"


def test_a_file_that_eats_the_product_is_named(source: Path) -> None:
    (source / "eater.py").write_text("number = 1\n" * 701)
    assert over(source)["file lines, max"] == "eater.py"


def test_a_broad_except_needs_its_reason(source: Path) -> None:
    body = "try:\n    print()\nexcept Exception:{reason}\n    raise\n"
    (source / "bare.py").write_text(body.format(reason=""))
    (source / "said.py").write_text(body.format(reason="  # noqa: BLE001 - the one edge of the command"))
    assert over(source)["broad excepts without a reason"] == "bare.py:3"


def test_rooms_that_import_each_other_are_named(source: Path) -> None:
    (source / "left.py").write_text("import house.right\n")
    (source / "right.py").write_text("from house import left\n")
    assert over(source)["rooms that import each other"] == "left <-> right"


def test_missing_annotations_are_named(source: Path) -> None:
    (source / "loose.py").write_text("def loose(number):\n    return number\n")
    assert over(source)["parameters annotated, %"] == "loose.py:1 loose"


def test_too_few_tests_are_noticed(source: Path) -> None:
    assert "test lines : source lines" in over(source, test_lines=1)


def test_an_elif_is_no_deeper_than_its_if() -> None:
    assert one_function("if a:\n    b\nelif b:\n    a\nelse:\n    b").nesting == 1


def test_an_if_below_an_else_is_deeper() -> None:
    assert one_function("if a:\n    b\nelse:\n    if b:\n        a\n    b").nesting == 2


def test_a_function_in_a_function_starts_from_the_floor() -> None:
    assert one_function("if a:\n    def inner():\n        if b:\n            return 1\n    return inner").nesting == 1


def test_every_branch_adds_to_complexity() -> None:
    assert one_function("for c in a:\n    if c and b:\n        return [d for d in a if d]").complexity == 5


def test_the_command_ends_with_one_when_something_is_over(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "loose.py").write_text("def loose(number):\n    return number\n")
    monkeypatch.setattr(sys, "argv", ["check_style.py", str(source), "--tests", str(source)])
    assert check_style.main() == 1
    assert "OVER loose.py:1 loose" in capsys.readouterr().out
