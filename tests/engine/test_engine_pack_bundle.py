"""Bundles: related pieces together, units full but never too full, and the same each time."""

import random

from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.bundle import bundle
from foureyes.engine.risk import Assessment, Risk
from foureyes.engine.units import Excerpt, Piece, Unit, keyed


def a_piece(path: str, *, size: int = 10, risk: Risk = Risk.MEDIUM, near: tuple[str, ...] = (), part: int = 0) -> Piece:
    return keyed(
        path,
        hunks=(part,),
        lines=range(part * 100, part * 100 + size),
        heading=f"=== {path} ===",
        blocks=tuple(f"+{number} | {'x' * 10}\n" for number in range(size)),
        assessment=Assessment(risk, ("code",)),
        near=frozenset(near),
    )


def paths(units: tuple[Unit, ...]) -> list[list[str]]:
    return [[piece.path for piece in unit.pieces] for unit in units]


def test_small_pieces_share_a_unit() -> None:
    assert paths(bundle([a_piece("b.py"), a_piece("a.py")], 5000)) == [["a.py", "b.py"]]


def test_a_test_comes_right_after_what_it_tests() -> None:
    pieces = [a_piece("src/a.py", near=("tests/test_a.py",)), a_piece("src/b.py"), a_piece("tests/test_a.py")]
    assert paths(bundle(pieces, 5000)) == [["src/a.py", "tests/test_a.py", "src/b.py"]]


def test_the_parts_of_a_file_keep_their_order() -> None:
    parts = [a_piece("a.py", part=number, size=number + 1) for number in range(12)]
    [unit] = bundle(random.Random(1).sample(parts, 12), 5000)
    assert [piece.hunks for piece in unit.pieces] == [(number,) for number in range(12)]


def test_what_is_looked_at_more_often_has_units_of_its_own() -> None:
    units = bundle([a_piece("a.py"), a_piece("auth.py", risk=Risk.HIGH), a_piece("c.py", risk=Risk.LOW)], 5000)
    assert paths(units) == [["a.py", "c.py"], ["auth.py"]]
    assert [unit.risk for unit in units] == [Risk.MEDIUM, Risk.HIGH]


def test_a_small_piece_fills_an_earlier_unit() -> None:
    pieces = [a_piece("a.py", size=60), a_piece("b.py", size=60), a_piece("c.py", size=5)]
    units = bundle(pieces, pieces[0].tokens + pieces[2].tokens)
    assert sorted(map(len, paths(units))) == [1, 2]


def test_a_piece_over_the_budget_stands_alone() -> None:
    assert paths(bundle([a_piece("a.py", size=90), a_piece("b.py")], 60)) == [["a.py"], ["b.py"]]


def test_no_pieces_make_no_units() -> None:
    assert bundle([], 5000) == ()


PIECES = st.lists(
    st.builds(
        a_piece,
        st.sampled_from(["a.py", "b/a.py", "b/c.py", "tests/test_a.py"]),
        size=st.integers(1, 60),
        risk=st.sampled_from(Risk),
        near=st.sampled_from([(), ("a.py",), ("b/c.py", "b/a.py")]),
        part=st.integers(0, 3),
    ),
    max_size=25,
    unique=True,
)


@given(PIECES, st.integers(200, 2000), st.randoms(use_true_random=False))
def test_each_piece_is_in_one_unit_whatever_the_order(pieces: list[Piece], budget: int, order: random.Random) -> None:
    units = bundle(pieces, budget)
    assert sorted(piece.key for unit in units for piece in unit.pieces) == sorted(piece.key for piece in pieces)
    assert all(len(unit.pieces) == 1 or sum(piece.tokens for piece in unit.pieces) <= budget for unit in units)
    assert all(len({piece.risk is Risk.HIGH for piece in unit.pieces}) == 1 for unit in units)
    assert bundle(order.sample(pieces, len(pieces)), budget) == units


def test_each_excerpt_is_printed_once_behind_the_code() -> None:
    excerpt = Excerpt("store.py:1", "def save(): ...")
    pieces = [
        keyed(
            path,
            hunks=(0,),
            lines=range(1, 2),
            heading=f"=== {path} ===",
            blocks=("+1 | save()\n",),
            assessment=Assessment(Risk.LOW, ()),
            excerpts=(excerpt,),
        )
        for path in ("a.py", "b.py")
    ]
    assert Unit.of(pieces).code == (
        "=== a.py ===\n+1 | save()\n\n=== b.py ===\n+1 | save()\n\n"
        "=== Only to be read, not part of the change ===\n\nstore.py:1\ndef save(): ..."
    )


def test_later_passes_see_another_order_that_can_be_repeated() -> None:
    unit = Unit.of([a_piece(f"{name}.py") for name in "abcdef"])
    again = unit.shuffled(1)
    assert unit.shuffled(0) is unit
    assert again == unit.shuffled(1) != unit.shuffled(2)
    assert again.id == unit.id
    assert sorted(piece.key for piece in again.pieces) == sorted(piece.key for piece in unit.pieces)
    assert again.code != unit.code


def test_the_key_of_a_piece_holds_all_that_is_told_of_it() -> None:
    plain = a_piece("a.py")
    others = [a_piece("b.py"), a_piece("a.py", size=11), a_piece("a.py", risk=Risk.HIGH)]
    assert plain.key == a_piece("a.py", near=("x.py",)).key
    assert len({plain.key, *(each.key for each in others)}) == 4


def test_an_excerpt_is_cut_after_whole_lines() -> None:
    excerpt = Excerpt("a.py:1", "\n".join("x" * 20 for _ in range(10)))
    assert excerpt.shortened(1000) is excerpt
    cut = excerpt.shortened(30)
    assert cut.text.endswith("x\n...")
    assert cut.tokens <= 32
    assert excerpt.shortened(0).text == "x" * 20 + "\n..."
