"""Huge hunks and hostile shapes: cut where it hurts least, every line told once, reasons for what can't be told."""

import pytest

from factories import a_change
from foureyes.code.languages import language_of
from foureyes.diff.values import Change
from foureyes.engine.pack import Packed, pack
from foureyes.engine.risk import Risk
from foureyes.engine.units import AskedFile, Piece
from foureyes.git.trees import MemoryTree


async def packed(
    before: dict[str, str], after: dict[str, str], *, budget: int = 1_500, instructions: tuple[str, ...] = ()
) -> Packed:
    change, files = asked(before, after, instructions=instructions)
    return await pack(change, files, MemoryTree({path: text.encode() for path, text in after.items()}), budget=budget)


def asked(
    before: dict[str, str], after: dict[str, str], *, instructions: tuple[str, ...] = ()
) -> tuple[Change, list[AskedFile]]:
    change = a_change(**{path: (before.get(path, ""), text) for path, text in after.items()})
    files = [
        AskedFile(file, after[file.path], language_of(file.path), instructions=instructions) for file in change.files
    ]
    return change, files


def numbers(pieces: tuple[Piece, ...], sign: str) -> list[int]:
    rows = [row for piece in pieces for block in piece.blocks for row in block.splitlines() if " | " in row]
    return [int(row[1:].split("|")[0]) for row in rows if row[0] == sign]


def functions(count: int, body: int = 3) -> str:
    lines = "".join(f"    value = step({number})\n" for number in range(body))
    return "\n\n".join(f"def function_{number}(a):\n{lines}    return a + {number}\n" for number in range(count))


async def test_every_line_of_a_huge_new_file_is_told_once_and_in_order() -> None:
    text = functions(150)
    found = await packed({}, {"big.py": text})
    assert len(found.pieces) > 3
    assert numbers(found.pieces, "+") == list(range(1, text.count("\n") + 1))


async def test_every_line_of_a_huge_removal_is_told_with_its_old_number() -> None:
    before = functions(150)
    found = await packed({"big.py": before}, {"big.py": "x = 1\n"})
    assert sorted(numbers(found.pieces, "-")) == list(range(1, before.count("\n") + 1))
    assert numbers(found.pieces, "+") == [1]


async def test_lines_removed_in_the_middle_keep_their_old_numbers() -> None:
    before = functions(12)
    after = before.replace("    value = step(1)\n", "", 3)
    found = await packed({"a.py": before}, {"a.py": after}, budget=5_000)
    assert numbers(found.pieces, "-") == [3, 10, 17]
    assert numbers(found.pieces, "+") == []


async def test_parts_of_one_file_are_counted_in_their_headings() -> None:
    found = await packed({}, {"big.py": functions(150)})
    count = len(found.pieces)
    assert [piece.heading for piece in found.pieces] == [
        f"=== big.py (added, part {number} of {count}) ===" for number in range(1, count + 1)
    ]


async def test_parts_of_one_file_cover_ranges_that_do_not_overlap() -> None:
    found = await packed({}, {"big.py": functions(150)})
    for one, other in zip(found.pieces, found.pieces[1:], strict=False):
        assert one.lines.stop == other.lines.start


@pytest.mark.parametrize("path", ["big.go", "big.rs", "big.rb", "big.ts", "big.sql", "big.unknown"])
async def test_a_file_without_any_good_place_to_cut_is_cut_all_the_same(path: str) -> None:
    text = "".join(f"word{number} word word word\n" for number in range(600))
    found = await packed({}, {path: text})
    assert numbers(found.pieces, "+") == list(range(1, 601))
    assert max(piece.tokens for piece in found.pieces) <= 1_500


async def test_a_function_that_fits_is_not_torn() -> None:
    found = await packed({}, {"big.py": functions(60, body=8)})
    for piece in found.pieces:
        starts = piece.code.count("def function_")
        ends = piece.code.count("    return a + ")
        assert starts == ends


async def test_a_function_that_does_not_fit_shows_its_header_in_each_part() -> None:
    found = await packed({}, {"big.py": functions(1, body=400)})
    assert len(found.pieces) > 2
    assert all("| def function_0(a):" in piece.code for piece in found.pieces)


async def test_one_line_of_a_megabyte_is_cut_and_says_how_much_is_missing() -> None:
    found = await packed({}, {"big.json": "x" * 1_000_000 + "\n"})
    [piece] = found.pieces
    assert "[998,000 more characters]" in piece.code
    assert piece.tokens < 1_500


async def test_many_long_lines_still_keep_to_the_budget() -> None:
    found = await packed({}, {"long.txt": ("y" * 3_000 + "\n") * 20})
    assert numbers(found.pieces, "+") == list(range(1, 21))
    assert all(unit.tokens <= 1_500 for unit in found.units)


async def test_each_hunk_of_a_file_with_many_is_named_by_its_piece() -> None:
    before = functions(80, body=8)
    after = before.replace("step(1)", "step(one)")
    change, _ = asked({"a.py": before}, {"a.py": after})
    found = await packed({"a.py": before}, {"a.py": after})
    told = {hunk for piece in found.pieces for hunk in piece.hunks}
    assert told == set(range(len(change.files[0].hunks)))
    assert len(told) == 80


async def test_instructions_that_fill_the_budget_leave_a_reason_for_each_hunk() -> None:
    before = functions(8, body=12)
    after = before.replace("step(1)", "step(one)")
    change, _ = asked({"a.py": before}, {"a.py": after})
    found = await packed({"a.py": before}, {"a.py": after}, budget=1_000, instructions=("word " * 700,))
    assert found.pieces == ()
    assert [each.hunk for each in found.unpackable] == list(range(len(change.files[0].hunks)))
    assert {each.reason for each in found.unpackable} == {
        "the model leaves 1,000 tokens for code and instructions, which is too little"
    }


async def test_a_model_with_no_room_at_all_is_said_to_leave_none() -> None:
    found = await packed({}, {"a.py": "x = 1\n"}, budget=-400)
    assert found.unpackable[0].reason.startswith("the model leaves 0 tokens")


async def test_only_the_risky_part_of_a_large_file_is_looked_at_three_times() -> None:
    text = functions(100) + "\n\ndef drop_all(path):\n    with lock.acquire():\n        shutil.rmtree(path)\n"
    found = await packed({}, {"app.py": text})
    risky = [piece for piece in found.pieces if piece.risk is Risk.HIGH]
    assert ["drop_all" in piece.code for piece in risky] == [True]
    assert all(len({piece.risk is Risk.HIGH for piece in unit.pieces}) == 1 for unit in found.units)


async def test_a_deleted_file_is_told_by_its_old_numbers() -> None:
    change = a_change(**{"gone.py": ("import os\n\nos.getcwd()\n", "")})
    found = await pack(change, [AskedFile(change.files[0], "")], MemoryTree({}), budget=1_500)
    assert numbers(found.pieces, "-") == [1, 2, 3]
    assert found.outline.startswith("D gone.py")


async def test_a_change_of_one_line_in_a_huge_file_shows_only_its_function() -> None:
    before = functions(400)
    after = before.replace("return a + 200\n", "return a + two_hundred\n")
    [piece] = (await packed({"a.py": before}, {"a.py": after}, budget=5_000)).pieces
    assert "| def function_200(a):" in piece.code
    assert "function_190(a)" not in piece.code
    assert piece.tokens < 700


async def test_what_is_near_is_told_both_ways() -> None:
    after = {"src/app.py": "def run():\n    return 1\n", "tests/test_app.py": "from src.app import run\nassert run()\n"}
    near = {piece.path: piece.near for piece in (await packed({}, after)).pieces}
    assert near == {"src/app.py": {"tests/test_app.py"}, "tests/test_app.py": {"src/app.py"}}
