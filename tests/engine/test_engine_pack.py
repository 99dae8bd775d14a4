"""Packing: every hunk in a piece, context around it, units under their budget."""

import difflib
from collections.abc import Iterable
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_change
from foureyes.analyzers.port import Diagnostic
from foureyes.code.languages import language_of
from foureyes.diff.values import Change
from foureyes.engine.pack import MOST_UNIT_TOKENS, Packed, pack, unit_budget
from foureyes.engine.risk import Risk
from foureyes.engine.units import AskedFile
from foureyes.git.trees import Match, MemoryTree
from foureyes.kit.severity import Category, Severity
from foureyes.llm.port import AnswerForm, ModelTraits
from foureyes.llm.tokens import guessed

SERVICE = dedent(
    """\
    from store import save_order

    LIMIT = 3


    class Service:
        '''Serves.'''

        def __init__(self, store):
            self.store = store

        def place(self, order):
            if order.size > LIMIT:
                raise ValueError(order)
            return save_order(self.store, order)

        def cancel(self, order):
            return self.store.remove(order)
    """
)
STORE = "def save_order(store, order):\n    '''Keep an order.'''\n    store.append(order)\n    return order\n"


async def packed(before: dict[str, str], after: dict[str, str], *, budget: int = 5000, **facts: object) -> Packed:
    change, files = asked(before, after, **facts)
    return await pack(change, files, MemoryTree({path: text.encode() for path, text in after.items()}), budget=budget)


def asked(before: dict[str, str], after: dict[str, str], **facts: object) -> tuple[Change, list[AskedFile]]:
    change = a_change(**{path: (before.get(path, ""), text) for path, text in after.items()})
    files = [
        AskedFile(file, after[file.path], language_of(file.path), **facts)  # type: ignore[arg-type]
        for file in change.files
    ]
    return change, files


def lost(packed: Packed, change: Change) -> set[tuple[str, int]]:
    all_hunks = {(file.path, index) for file in change.files for index in range(len(file.hunks))}
    told = {(piece.path, hunk) for piece in packed.pieces for hunk in piece.hunks}
    return all_hunks - told - {(each.path, each.hunk) for each in packed.unpackable}


async def test_a_hunk_is_widened_to_the_symbol_around_it() -> None:
    after = SERVICE.replace("self.store.remove(order)", "self.store.remove(order.id)")
    [unit] = (await packed({"service.py": SERVICE}, {"service.py": after})).units
    assert " 6 | class Service:" in unit.code
    assert (
        "-18 |         return self.store.remove(order)\n+18 |         return self.store.remove(order.id)" in unit.code
    )
    assert "In this file: Service 6-18 (__init__, place, cancel)" not in unit.code
    assert "symbol Service.cancel" in unit.context


async def test_a_definition_in_another_file_is_told_without_numbers() -> None:
    after = SERVICE.replace("save_order(self.store, order)", "save_order(order, self.store)")
    both = {"service.py": after, "store.py": STORE}
    [unit] = (await packed({"service.py": SERVICE, "store.py": STORE}, both)).units
    assert "store.py:1\ndef save_order(store, order):\n    '''Keep an order.'''" in unit.code
    assert "store.py:1" in unit.context


async def test_a_definition_in_the_same_file_is_told_where_it_is_not_printed() -> None:
    far = SERVICE + "\n\n" + "".join(f"FILLER_{number} = {number}\n" for number in range(60))
    after = far + "\n\ndef main(order):\n    Service(None).place(order)\n"
    [unit] = (await packed({"service.py": far}, {"service.py": after})).units
    assert "service.py:6\nclass Service:" in unit.code
    assert "service.py:12\ndef place(self, order):" in unit.code


async def test_callers_and_tests_are_told_where_risk_is_high() -> None:
    before = {"auth.py": "def verify_token(token):\n    return token == 'x'\n"}
    after = {
        "auth.py": "def verify_token(token):\n    return token is 'x'\n",
        "app.py": "from auth import verify_token\nverify_token('a')\n",
        "tests/test_auth.py": "assert not verify_token('b')\n",
    }
    change, files = asked(before, {"auth.py": after["auth.py"]})
    tree = MemoryTree({path: text.encode() for path, text in after.items()})
    [unit] = (await pack(change, files, tree, budget=5000)).units
    assert unit.risk is Risk.HIGH
    assert "callers of verify_token\napp.py:1: from auth import verify_token\napp.py:2: verify_token('a')" in unit.code
    assert "tests of verify_token\ntests/test_auth.py:1: assert not verify_token('b')" in unit.code


async def test_secrets_in_what_is_read_beside_the_change_are_masked() -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    store = f"def save_order(store, order, key='{token}'):\n    return order\n"
    after = SERVICE.replace("save_order(self.store, order)", "save_order(order, self.store)")
    change, files = asked({"service.py": SERVICE}, {"service.py": after})
    [unit] = (await pack(change, files, MemoryTree({"store.py": store.encode()}), budget=5000)).units
    assert "def save_order(store, order" in unit.code
    assert token not in unit.code


async def test_the_repository_is_searched_and_read_once_for_the_whole_change() -> None:
    calls: list[str] = []

    class Counting(MemoryTree):
        async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
            calls.append("search")
            return await super().search(words, limit=limit)

        async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
            calls.append("read")
            return await super().read(paths)

    after = {f"m{number}.py": f"import store\nstore.save_order({number})\nOther{number}()\n" for number in range(9)}
    change, files = asked({}, after)
    await pack(change, files, Counting({"store.py": STORE.encode()}), budget=5000)
    assert calls == ["search", "read"]


async def test_a_large_file_is_cut_at_its_functions() -> None:
    text = "\n".join(f"def function_{number}(a):\n    x = a + {number}\n    return x\n" for number in range(200))
    found = await packed({}, {"big.py": text}, budget=1500)
    assert len(found.pieces) > 3
    for piece in found.pieces[1:]:
        assert piece.blocks[0].split(" | ")[1].startswith("def function_")
    assert found.pieces[0].heading == f"=== big.py (added, part 1 of {len(found.pieces)}) ==="


async def test_a_part_in_the_middle_of_a_class_begins_with_its_header() -> None:
    text = "class Big:\n" + "".join(f"    def m{number}(self):\n        return {number}\n\n" for number in range(150))
    found = await packed({}, {"big.py": text}, budget=1500)
    assert all("  1 | class Big:" in piece.code for piece in found.pieces[1:])


async def test_no_unit_is_over_the_budget() -> None:
    after = {f"m{number}.py": f"def f{number}():\n    return {number}\n" * (number * 3) for number in range(1, 30)}
    found = await packed({}, after, budget=1200)
    assert len(found.units) > 3
    assert max(unit.tokens for unit in found.units) <= 1200


async def test_the_same_change_gives_the_same_units_and_keys() -> None:
    after = {f"m{number}.py": SERVICE.replace("LIMIT", f"LIMIT{number}") for number in range(8)}
    before = dict.fromkeys(after, SERVICE)
    first, second = await packed(before, after), await packed(before, dict(reversed(after.items())))
    assert [unit.id for unit in first.units] == [unit.id for unit in second.units]


async def test_a_piece_keeps_its_key_when_another_file_changes() -> None:
    before = {"a.py": SERVICE, "b.py": STORE}
    after = {"a.py": SERVICE.replace("LIMIT = 3", "LIMIT = 4"), "b.py": STORE.replace("order\n", "None\n")}
    one = await packed(before, after)
    other = await packed(before, after | {"b.py": STORE.replace("order\n", "[]\n")})
    keys = [{piece.path: piece.key for piece in each.pieces} for each in (one, other)]
    assert keys[0]["a.py"] == keys[1]["a.py"]
    assert keys[0]["b.py"] != keys[1]["b.py"]


async def test_analysers_are_quoted_with_the_piece_they_are_about() -> None:
    said = Diagnostic("a.py", 2, 2, "ruff", "F841", "Unused x", Severity.LOW, Category.BUG)
    far = Diagnostic("a.py", 900, 900, "ruff", "F841", "Unused y", Severity.LOW, Category.BUG)
    found = await packed({}, {"a.py": "def f():\n    x = 1\n"}, diagnostics=(said, far))
    assert found.units[0].analysers_said == ("a.py:2 ruff:F841 Unused x",)


async def test_instructions_are_told_once_for_each_unit() -> None:
    found = await packed({}, {"a.py": "x = 1\n", "b.py": "y = 2\n"}, instructions=("Mind the units.",))
    assert found.units[0].instructions == ("Mind the units.",)


async def test_of_a_partial_file_only_its_hunks_are_printed() -> None:
    change, _ = asked({"service.py": SERVICE}, {"service.py": SERVICE.replace("LIMIT = 3", "LIMIT = 4")})
    sparse = "\n\nLIMIT = 4\n"
    files = [AskedFile(change.files[0], sparse, language_of("service.py"), partial=True)]
    [unit] = (await pack(change, files, MemoryTree({}), budget=5000)).units
    assert "+3 | LIMIT = 4" in unit.code
    assert "symbol" not in unit.context


async def test_a_definition_that_does_not_fit_is_cut_not_dropped() -> None:
    after = SERVICE.replace("save_order(self.store, order)", "save_order(order, self.store)")
    wide = "class save_order:\n" + "".join(f"    field_{number}: dict[str, {'int' * 30}]\n" for number in range(14))
    many = {f"big_{number}.py": "x = 1\n" * 70 for number in range(4)}
    found = await packed({"service.py": SERVICE, "store.py": wide}, {"service.py": after, "store.py": wide, **many})
    [piece] = [piece for piece in found.pieces if piece.path == "service.py"]
    [beside] = [excerpt for excerpt in piece.excerpts if excerpt.label == "store.py:1"]
    assert beside.text.startswith("class save_order:\n")
    assert beside.text.endswith("...")


async def test_changed_line_endings_are_said_in_words() -> None:
    found = await packed({"a.txt": "a\r\nb\r\n"}, {"a.txt": "a\nb\n"})
    assert found.pieces[0].heading == "=== a.txt (modified, line endings changed) ==="


async def test_hostile_names_can_not_forge_a_heading() -> None:
    found = await packed({}, {"a\x1b[2J.py": "x = 1\n"})
    assert found.pieces[0].heading == "=== a\\x1b[2J.py (added) ==="


async def test_what_no_model_of_this_size_can_take_is_named() -> None:
    change, files = asked({}, {"a.py": "x = 1\n", "b.py": "y = 2\n"})
    found = await pack(change, files, MemoryTree({}), budget=300)
    assert found.units == ()
    assert [(each.path, each.hunk) for each in found.unpackable] == [("a.py", 0), ("b.py", 0)]
    assert found.unpackable[0].reason.startswith("the model leaves 300 tokens")


async def test_nothing_to_ask_gives_nothing() -> None:
    found = await packed({}, {})
    assert (found.units, found.outline, found.unpackable) == ((), "", ())


async def test_the_riskiest_piece_tells_the_risk_of_a_file() -> None:
    calm = "\n".join(f"def f{number}(a):\n    return a + {number}\n" for number in range(120))
    risky = "def drop(path):\n    with lock.acquire():\n        shutil.rmtree(path)\n        os.unlink(path)\n"
    found = await packed({}, {"app.py": calm + risky}, budget=1500)
    assert {piece.risk for piece in found.pieces} == {Risk.MEDIUM, Risk.HIGH}
    assert found.assessments["app.py"].risk is Risk.HIGH


@pytest.mark.parametrize(("context", "expected"), [(200_000, MOST_UNIT_TOKENS), (8_192, 3072), (4_096, -614)])
def test_the_budget_is_what_the_context_leaves_but_never_too_much(context: int, expected: int) -> None:
    traits = ModelTraits(context, 4_096, AnswerForm.TOOL_CALL)
    assert unit_budget(traits, around=1_300, output=3_000) == expected


LINES = st.lists(
    st.sampled_from(["def f(a):", "    return a", "class B:", "    x = g(1)", "", "é = 'ü'", "}", "x" * 300]),
    max_size=40,
).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(
    st.dictionaries(st.sampled_from(["a.py", "b.ts", "t/test_a.py", "c.sql"]), st.tuples(LINES, LINES)),
    st.integers(950, 3000),
)
async def test_every_hunk_of_any_change_is_in_a_piece(files: dict[str, tuple[str, str]], budget: int) -> None:
    changed = {path: texts for path, texts in files.items() if texts[0] != texts[1]}
    before = {path: texts[0] for path, texts in changed.items()}
    after = {path: texts[1] for path, texts in changed.items()}
    found = await packed(before, after, budget=budget)
    assert lost(found, asked(before, after)[0]) == set()
    for path, (old, new) in changed.items():
        code = "".join(piece.code for piece in found.pieces if piece.path == path)
        for line in difflib.ndiff(old.splitlines(), new.splitlines()):
            assert not line.startswith("+ ") or line[2:] in code
    assert all(guessed(unit.code) <= budget for unit in found.units)
