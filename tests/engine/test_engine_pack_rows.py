"""Printed lines: numbered, signed, cut where they are too many, nothing lost."""

from hypothesis import given
from hypothesis import strategies as st

from factories import a_file
from foureyes.diff.values import LineKind
from foureyes.engine.rows import BESIDE, Row, blocks, chunks, header_rows, near_changes, rows_of

BEFORE = "".join(f"line {number}\n" for number in range(1, 31))
AFTER = BEFORE.replace("line 5\n", "five\n").replace("line 25\n", "")
FILE = a_file("a.txt", BEFORE, AFTER)
LINES = AFTER.split("\n")


def printed(rows: list[Row]) -> str:
    return "".join(blocks(rows, {}))


def test_new_lines_bear_new_numbers_and_removed_lines_old_ones() -> None:
    first = blocks(rows_of(FILE, LINES, set()), {})[0]
    assert first.splitlines()[2:6] == ["  4 | line 4", "- 5 | line 5", "+ 5 | five", "  6 | line 6"]


def test_each_hunk_is_a_block_of_its_own() -> None:
    assert len(blocks(rows_of(FILE, LINES, set()), {})) == 2


def test_hunks_of_one_family_share_a_block_with_a_gap() -> None:
    families = dict.fromkeys(range(1, 31), 1)
    [block] = blocks(rows_of(FILE, LINES, set()), families)
    assert "\n    ...\n" in block


def test_lines_beside_the_hunks_stand_in_their_places_once() -> None:
    rows = rows_of(FILE, LINES, {1, 2, 5, 12, 29, 30, 99})
    assert [row.number for row in rows if row.hunk == BESIDE] == [1, 12, 29, 30]
    assert [row.place for row in rows] == sorted(row.place for row in rows)


def test_long_lines_are_cut_and_say_so() -> None:
    file = a_file("a.txt", "", "x" * 5000 + "\n")
    [row] = rows_of(file, ["x" * 5000], set())
    assert row.text.endswith("x [3,000 more characters]")


def test_carriage_returns_are_not_printed() -> None:
    file = a_file("a.txt", "a\r\n", "b\r\n")
    assert printed(rows_of(file, ["b\r"], set())) == "-1 | a\n+1 | b\n"


def test_a_narrow_view_keeps_changes_and_what_is_near() -> None:
    rows = near_changes(rows_of(FILE, LINES, {15}), 1)
    assert [row.number for row in rows] == [4, 5, 5, 6, 15, 24, 25, 25]


def test_a_hunk_without_changes_is_left_whole() -> None:
    rows = [Row(" ", number, "same", 0, number) for number in range(1, 4)]
    assert near_changes(rows, 0) == rows


def test_chunks_end_before_a_symbol_where_they_can() -> None:
    rows = [Row("+", number, "x" * 20, 0, number) for number in range(1, 41)]
    parts = list(chunks(rows, 200, {21: 0, 18: 1}))
    assert parts[0][-1].number == 17 or parts[0][-1].number == 20
    assert parts[1][0].number in (18, 21)


def test_chunks_prefer_the_outer_symbol_and_then_a_gap() -> None:
    rows = [Row("+", number, "x" * 20, 0, number) for number in range(1, 21)]
    assert next(chunks(rows, 160, {15: 1, 17: 0}))[-1].number == 16
    with_gap = [*rows[:14], *(row._replace(place=row.place + 9) for row in rows[14:])]
    assert next(chunks(with_gap, 160, {}))[-1].number == 14


def test_a_row_over_the_budget_is_a_chunk_of_its_own() -> None:
    rows = [Row("+", number, "x" * 1000, 0, number) for number in range(1, 4)]
    assert [len(part) for part in chunks(rows, 10, {})] == [1, 1, 1]


def test_headers_are_lines_of_the_file() -> None:
    assert [row.text for row in header_rows([2, 1, 2, 0, 99], ["a", "b"])] == ["a", "b"]


TEXTS = st.lists(st.sampled_from(["a", "b", "", "  c", "é𝒳"]), max_size=30).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@given(TEXTS, TEXTS, st.sets(st.integers(0, 40)), st.integers(5, 200))
def test_no_changed_line_is_lost_however_it_is_cut(before: str, after: str, beside: set[int], budget: int) -> None:
    if before == after:
        return
    file = a_file("a.txt", before, after)
    rows = near_changes(rows_of(file, after.split("\n"), beside), 1)
    again = [row for part in chunks(rows, budget, {3: 0}) for row in part]
    assert again == rows
    told = [(row.sign, row.number, row.text) for row in rows if row.sign != " "]
    signs = {LineKind.ADDED: "+", LineKind.REMOVED: "-"}
    assert told == [
        (signs[line.kind], line.new or line.old, line.text)
        for hunk in file.hunks
        for line in hunk.lines
        if line.kind in signs
    ]
