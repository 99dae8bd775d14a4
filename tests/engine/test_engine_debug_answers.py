"""A model's quotes held against the code, and its patches put to the trial, without any model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.debug.answer import DebugAnswer, PatchRefusedError, proven, tried_patch
from foureyes.engine.debug.locate import Source, read_sources
from foureyes.git.trees import MemoryTree

CART = """\
import decimal


def price_of(item):
    price = item["price"]

    return price * item["count"]


def total(items):
    price = item["price"]
    return sum(price_of(item) for item in items)
"""
KEY = "AKIA" + "Z7QJ3MXK4WLP2RTN"


async def sources_of(**files: str) -> dict[str, Source]:
    tree = MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()})
    return await read_sources(files, tree)


def quoting(quote: str, first: int = 1, last: int = 0, path: str = "cart.py") -> DebugAnswer:
    said = {"path": path, "first_line": first, "last_line": last or first, "quote": quote}
    return DebugAnswer.model_validate({"cause": "", "explanation": "", "confidence": 0.5, "evidence": [said]})


def patching(*parts: tuple[int, int, list[str]], path: str = "cart.py") -> DebugAnswer:
    replacements = [{"first_line": first, "last_line": last, "lines": lines} for first, last, lines in parts]
    said = {"path": path, "replacements": replacements}
    return DebugAnswer.model_validate(
        {"cause": "", "explanation": "", "confidence": 0.5, "evidence": [], "patch": [said]}
    )


@pytest.mark.parametrize(
    ("quote", "claimed", "lines"),
    [
        ('return price * item["count"]', (7, 7), (7, 7)),
        ('    return price * item["count"]', (7, 7), (7, 7)),
        ('return price * item["count"]', (40, 41), (7, 7)),
        ('>    7 |     return price * item["count"]', (7, 7), (7, 7)),
        ("     4 | def price_of(item):", (4, 4), (4, 4)),
        ('price = item["price"]', (5, 5), (5, 5)),
        ('price = item["price"]', (11, 11), (11, 11)),
        ('price = item["price"]\n\n    return price * item["count"]', (5, 7), (5, 7)),
        ('price = item["price"]\nreturn price * item["count"]', (5, 6), (5, 7)),
        ('def  price_of(item):\n\tprice = item["price"]', (4, 5), (4, 5)),
        ("price_of(item) for item", (12, 12), (12, 12)),
    ],
)
async def test_a_quote_is_put_on_the_lines_where_it_is(
    quote: str, claimed: tuple[int, int], lines: tuple[int, int]
) -> None:
    sources = await sources_of(**{"cart.py": CART})
    (found,), refused = proven(quoting(quote, *claimed), sources)
    assert (found.start_line, found.end_line) == lines
    assert found.quote == "\n".join(CART.split("\n")[lines[0] - 1 : lines[1]])
    assert refused == []


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("return item.total", "cart.py:1: the quoted text is not in the file"),
        ('price = item["price"]', "cart.py:1: the quoted text is not in the file"),
        ("item)", "cart.py:1: the quoted text is not in the file"),
        ("", "cart.py:1: the quoted text is not in the file"),
        ("   \n\n", "cart.py:1: the quoted text is not in the file"),
        ("def total(items):\nreturn sum", "cart.py:1: the quoted text is not in the file"),
        (CART + "and more", "cart.py:1: the quoted text is not in the file"),
    ],
    ids=["invented", "in two places", "too short", "empty", "blank", "lines left out", "longer than the file"],
)
async def test_a_quote_that_proves_nothing_is_refused_with_its_place(quote: str, why: str) -> None:
    assert proven(quoting(quote), await sources_of(**{"cart.py": CART})) == ([], [why])


async def test_a_quote_of_a_file_that_was_not_shown_is_refused_in_one_printable_line() -> None:
    found, refused = proven(quoting("x = 1", path="a\n\x1b[2Jb.py"), await sources_of(**{"cart.py": CART}))
    assert found == []
    assert refused == ["a\\x0a\\x1b[2Jb.py:1: no such file was shown"]


async def test_an_answer_without_a_quote_says_so() -> None:
    answer = DebugAnswer.model_validate({"cause": "", "explanation": "", "confidence": 0, "evidence": []})
    assert proven(answer, await sources_of(**{"cart.py": CART})) == ([], ["no line was quoted"])


async def test_what_is_proven_is_shown_with_its_secrets_masked() -> None:
    sources = await sources_of(**{"config.py": f"key = '{KEY}'\n"})
    masked = sources["config.py"].lines[0]
    (found,), _ = proven(quoting(masked, path="config.py"), sources)
    assert KEY not in found.quote
    assert found.quote == masked


@given(st.integers(1, 12), st.integers(0, 3))
async def test_any_lines_of_a_file_prove_themselves(first: int, more: int) -> None:
    lines = CART.split("\n")
    quote = "\n".join(lines[first - 1 : first + more])
    if not quote.strip():
        return
    (found,), _ = proven(quoting(quote, first, first + more), await sources_of(**{"cart.py": CART}))
    assert found.quote.strip() in CART
    assert quote.strip() in found.quote


async def test_a_patch_is_applied_parsed_and_shown_as_a_diff() -> None:
    sources = await sources_of(**{"cart.py": CART})
    (patch,) = tried_patch(patching((7, 7, ['    return price * item.get("count", 1)'])), sources)
    assert patch.after == CART.replace('item["count"]', 'item.get("count", 1)')
    assert [each.tried for each in patch.replacements] == [("applies", "parses")]
    assert patch.diff.startswith("--- a/cart.py\n+++ b/cart.py\n@@ -4,7 +4,7 @@")


async def test_parts_of_a_patch_are_applied_whatever_their_order() -> None:
    sources = await sources_of(**{"cart.py": CART})
    parts: list[tuple[int, int, list[str]]] = [(11, 11, []), (1, 1, ["import decimal", "import json"])]
    (one,), (other,) = (tried_patch(patching(*order), sources) for order in (parts, parts[::-1]))
    assert (
        one.after
        == other.after
        == CART.replace("import decimal", "import decimal\nimport json").replace(
            'def total(items):\n    price = item["price"]\n', "def total(items):\n"
        )
    )


async def test_a_patch_of_text_without_a_grammar_is_only_applied() -> None:
    sources = await sources_of(**{"notes.txt": "one\ntwo\n"})
    (patch,) = tried_patch(patching((2, 2, ["three"]), path="notes.txt"), sources)
    assert [each.tried for each in patch.replacements] == [("applies",)]
    assert patch.after == "one\nthree\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (patching((1, 1, ["x"]), path="other.py"), "other.py was not shown to the model"),
        (patching((1, 1, ["x"]), path="/etc/passwd"), "/etc/passwd was not shown to the model"),
        (patching((4, 6, ["x"]), (6, 7, ["y"])), "its replacements in cart.py overlap"),
        (patching((4, 4, ["x"]), (4, 4, ["y"])), "its replacements in cart.py overlap"),
        (patching((1, 1, ["key = '********'"])), "it would write a mask into cart.py"),
        (patching((1, 1, ["import decimal"])), "it changes nothing in cart.py"),
        (patching((4, 4, ["def price_of(item:"])), "cart.py would not parse any more"),
        (patching((90, 91, ["x"])), "it does not apply to cart.py: "),
        (patching((0, 1, ["x"])), "it does not apply to cart.py: "),
        (patching((6, 4, ["x"])), "it does not apply to cart.py: "),
    ],
)
async def test_a_patch_that_can_not_be_offered_says_why(answer: DebugAnswer, reason: str) -> None:
    with pytest.raises(PatchRefusedError) as refusal:
        tried_patch(answer, await sources_of(**{"cart.py": CART}))
    assert refusal.value.reason.startswith(reason)


async def test_a_file_that_does_not_parse_may_be_mended_step_by_step() -> None:
    sources = await sources_of(**{"cart.py": "def f(:\n    return 1\n\n\nx = 1\n"})
    (patch,) = tried_patch(patching((1, 1, ["def f():"])), sources)
    assert patch.after.startswith("def f():\n")


async def test_stars_that_are_in_the_file_already_are_no_mask() -> None:
    sources = await sources_of(**{"cart.py": "# **********\nx = 1\n"})
    (patch,) = tried_patch(patching((1, 2, ["# **********", "x = 2"])), sources)
    assert patch.after == "# **********\nx = 2\n"


async def test_a_patch_keeps_the_line_ends_of_its_file() -> None:
    sources = await sources_of(**{"notes.txt": "one\r\ntwo\r\n"})
    (patch,) = tried_patch(patching((1, 1, ["three", "four"]), path="notes.txt"), sources)
    assert patch.after == "three\r\nfour\r\ntwo\r\n"


async def test_a_part_that_ends_before_it_begins_puts_lines_in_between() -> None:
    sources = await sources_of(**{"notes.txt": "one\ntwo\n"})
    (patch,) = tried_patch(patching((2, 1, ["and"]), path="notes.txt"), sources)
    assert patch.after == "one\nand\ntwo\n"
