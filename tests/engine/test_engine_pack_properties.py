"""What holds for any change: the same packing each time, keys of one's own, budgets kept, old and new numbers."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from factories import a_change
from foureyes.code.languages import language_of
from foureyes.diff.values import Change, LineKind
from foureyes.engine.bundle import bundle
from foureyes.engine.outline import outline_of
from foureyes.engine.pack import Packed, pack
from foureyes.engine.units import AskedFile
from foureyes.git.trees import MemoryTree
from foureyes.llm.tokens import guessed

Versions = dict[str, tuple[str, str]]

LINE = st.sampled_from(
    [
        "def f(a):",
        "    return g(a)",
        "class Big:",
        "    x = Other(1)",
        "func F() {",
        "}",
        "",
        "\tdeep",
        "import os",
        "from a import f",
        "password = 'x'",
        "os.unlink(path)",
        "é = 'ü𝒳'",
        "w " * 90,
        "=== a.py (added) ===",
        " | ",
    ]
)
TEXT = st.lists(LINE, max_size=30).map(lambda lines: "".join(f"{line}\n" for line in lines))
PATH = st.sampled_from(["a.py", "b.go", "auth.py", "tests/test_a.py", "web/c.ts", "d.sql", "notes.md"])
VERSIONS = st.dictionaries(PATH, st.tuples(TEXT, TEXT).filter(lambda pair: pair[0] != pair[1]), max_size=5)
BUDGET = st.integers(950, 4_000)
quickly = settings(max_examples=40)


def asked(versions: Versions) -> tuple[Change, list[AskedFile]]:
    change = a_change(**versions)
    return change, [AskedFile(file, versions[file.path][1], language_of(file.path)) for file in change.files]


async def packed(versions: Versions, budget: int) -> Packed:
    change, files = asked(versions)
    return await pack(change, files, tree(versions), budget=budget)


def tree(versions: Versions) -> MemoryTree:
    return MemoryTree({path: after.encode() for path, (_, after) in versions.items()})


@quickly
@given(VERSIONS, BUDGET)
async def test_the_same_change_is_packed_the_same(versions: Versions, budget: int) -> None:
    assert await packed(versions, budget) == await packed(versions, budget)


@quickly
@given(VERSIONS, BUDGET, st.randoms(use_true_random=False))
async def test_the_order_of_the_files_changes_no_unit(versions: Versions, budget: int, order: random.Random) -> None:
    change, files = asked(versions)
    mixed = order.sample(files, len(files))
    one = await pack(change, files, tree(versions), budget=budget)
    other = await pack(change, mixed, tree(versions), budget=budget)
    assert [unit.id for unit in one.units] == [unit.id for unit in other.units]


@quickly
@given(VERSIONS, BUDGET)
async def test_no_unit_is_larger_than_its_budget(versions: Versions, budget: int) -> None:
    found = await packed(versions, budget)
    assert all(unit.tokens <= budget for unit in found.units)


@quickly
@given(VERSIONS, BUDGET)
async def test_every_hunk_is_in_a_piece_of_its_file(versions: Versions, budget: int) -> None:
    change, _ = asked(versions)
    found = await packed(versions, budget)
    told = {(piece.path, hunk) for piece in found.pieces for hunk in piece.hunks}
    assert told == {(file.path, index) for file in change.files for index in range(len(file.hunks))}
    assert found.unpackable == ()


@quickly
@given(VERSIONS, BUDGET)
async def test_changed_lines_bear_the_number_of_their_own_side(versions: Versions, budget: int) -> None:
    change, _ = asked(versions)
    found = await packed(versions, budget)
    rows = {
        (piece.path, row[0], int(row[1:].split("|")[0]))
        for piece in found.pieces
        for block in piece.blocks
        for row in block.split("\n")
        if row[:1] in ("+", "-")
    }
    lines = [(file.path, line) for file in change.files for hunk in file.hunks for line in hunk.lines]
    added = {(path, "+", line.new) for path, line in lines if line.kind is LineKind.ADDED}
    removed = {(path, "-", line.old) for path, line in lines if line.kind is LineKind.REMOVED}
    assert rows == added | removed


@quickly
@given(VERSIONS, TEXT.filter(bool))
async def test_a_stranger_in_the_change_changes_no_key(versions: Versions, stranger: str) -> None:
    alone = await packed(versions, 4_000)
    # Markdown defines nothing, so that no piece can quote from it.
    beside = await packed(versions | {"zz/stranger.md": ("", stranger)}, 4_000)
    assert {piece.key for piece in alone.pieces} <= {piece.key for piece in beside.pieces}


@quickly
@given(VERSIONS, BUDGET)
async def test_pieces_put_together_again_give_the_same_units(versions: Versions, budget: int) -> None:
    found = await packed(versions, budget)
    assert bundle(reversed(found.pieces), found.budget) == found.units


@quickly
@given(VERSIONS, BUDGET, st.integers(1, 3))
async def test_a_later_pass_tells_the_same_in_another_order(versions: Versions, budget: int, number: int) -> None:
    for unit in (await packed(versions, budget)).units:
        again = unit.shuffled(number)
        assert sorted(again.code) == sorted(unit.code)
        assert (again.id, again.risk, set(again.paths)) == (unit.id, unit.risk, set(unit.paths))


@quickly
@given(VERSIONS)
async def test_the_outline_has_a_line_for_each_file(versions: Versions) -> None:
    told = (await packed(versions, 2_000)).outline.split("\n")
    assert [line.split(" ")[1] for line in told if line] == [file.path for file in a_change(**versions).files]


@given(st.integers(1, 400), st.integers(1, 60))
def test_the_outline_of_any_number_of_files_keeps_to_its_tokens(count: int, length: int) -> None:
    [file] = a_change(**{"a.py": ("", "x = 1\n")}).files
    files = tuple(replace(file, path=f"{'d' * length}/{number}.py") for number in range(count))
    told = outline_of(Change("a", "b", files), {}).split("\n")
    assert guessed("\n".join(told)) <= 420
    more = int(told[-1].split()[2]) if told[-1].startswith("... and") else 0
    assert len(told) - bool(more) + more == count
