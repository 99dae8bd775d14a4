"""Prompt tokens of whole changes (BUDGETS): small, medium, large, with room left for the verifying round."""

import pytest

from factories import a_change
from foureyes.code.languages import language_of
from foureyes.engine.pack import Packed, pack
from foureyes.engine.risk import depth_of
from foureyes.engine.units import AskedFile
from foureyes.git.trees import MemoryTree
from foureyes.llm.tokens import guessed

SYSTEM = 1_300
"""What stands before every unit: the part that never changes."""


HELPER = "def clamped_to(value: int, limit: int) -> int:\n    '''The lower one.'''\n    return min(value, limit)\n"


def a_module(number: int, functions: int) -> str:
    """A module of an ordinary shape: imports, functions of ten lines, no two lines alike."""
    head = f"from app.helpers import Result, clamped_to, load_rows\n\nLIMIT_{number} = 10\n"
    return "\n\n".join([head, *(a_function(f"{number}_{index}") for index in range(functions))])


def a_function(name: str) -> str:
    return (
        f"def step_{name}(rows: list[int], *, limit: int = 10) -> Result:\n"
        f"    '''Handle the rows of step {name} and say what came of them.'''\n"
        f"    result_{name} = Result(name='step {name}')\n"
        f"    for position, row_{name} in enumerate(load_rows(rows)):\n"
        f"        if row_{name} > limit or position == len(rows):\n"
        f"            result_{name}.skip(row_{name})\n"
        f"            continue  # {name}\n"
        f"        value_{name} = row_{name} * 2 + position\n"
        f"        result_{name}.add(value_{name}, origin=row_{name})\n"
        f"    return result_{name}.finished(limit)\n"
    )


def edited(text: str, functions: int) -> str:
    """Two lines of each of the first functions changed."""
    text = text.replace(" * 2 + position", " * clamped_to(2, limit)", functions)
    return text.replace("or position ==", "or position >=", functions)


async def packed(lines: int, *, files: int, edits: int = 5) -> Packed:
    """A change of about `lines` lines: some spread over old functions, the others in new ones."""
    fresh = round((lines - files * edits * 2) / files / 12)
    versions: dict[str, tuple[str, str]] = {}
    for number in range(files):
        old, new = a_module(number, 15), a_module(files + number, fresh)
        grown = edited(old, edits) + (f"\n\n{new}" if fresh else "")
        versions[f"app/module_{number}.py"] = (old, grown) if number % 2 else ("", new)
    return await asked_about(versions)


async def asked_about(versions: dict[str, tuple[str, str]]) -> Packed:
    change = a_change(**versions)
    asked = [AskedFile(file, versions[file.path][1], language_of(file.path)) for file in change.files]
    return await pack(change, asked, MemoryTree({"app/helpers.py": HELPER.encode()}), budget=6_000)


def prompt_tokens(found: Packed) -> int:
    around = SYSTEM + guessed(found.outline)
    return sum((unit.tokens + around) * depth_of(unit.risk).passes for unit in found.units)


@pytest.mark.parametrize(
    ("lines", "files", "most"),
    [(20, 1, 3_000), (100, 3, 5_500), (500, 10, 20_000), (5_000, 60, 120_000)],
    ids=["tiny", "small", "medium", "large"],
)
async def test_prompts_leave_room_for_verifying(lines: int, files: int, most: int) -> None:
    found = await packed(lines, files=files)
    changed = sum(row[:1] in "+-" for piece in found.pieces for row in piece.code.splitlines() if row)
    assert 0.7 * lines <= changed <= 1.3 * lines
    assert prompt_tokens(found) <= most
    assert found.unpackable == ()


async def test_units_are_well_filled() -> None:
    found = await packed(5_000, files=60)
    assert sum(unit.tokens for unit in found.units) / len(found.units) > 4_500


async def test_definitions_take_a_quarter_at_most() -> None:
    found = await packed(500, files=10)
    for piece in found.pieces:
        beside = sum(excerpt.tokens for excerpt in piece.excerpts)
        assert beside <= max(260, piece.tokens / 3)
    assert any(piece.excerpts for piece in found.pieces)


async def test_when_one_of_twenty_files_changes_again_only_its_piece_is_new() -> None:
    files = {f"app/module_{number}.py": (a_module(number, 5), edited(a_module(number, 5), 3)) for number in range(20)}
    more = edited(a_module(7, 5), 4)
    first = await asked_about(files)
    second = await asked_about(files | {"app/module_7.py": (files["app/module_7.py"][0], more)})
    keys = {piece.key for piece in first.pieces}
    fresh = [piece for piece in second.pieces if piece.key not in keys]
    assert [piece.path for piece in fresh] == ["app/module_7.py"]
    assert fresh[0].tokens <= sum(piece.tokens for piece in first.pieces) / 10
