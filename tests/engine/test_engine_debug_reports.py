"""The JSON form of a diagnosis, for errors of every runtime; and excerpts that stay within their room."""

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.debug import DebugRequest, Diagnosis, debug
from foureyes.engine.debug.excerpts import excerpts
from foureyes.engine.debug.locate import read_sources
from foureyes.engine.debug.report import diagnosis_report, diagnosis_schema
from foureyes.engine.debug.values import Evidence, FilePatch, FoundFrame, Frame, Runtime, StackTrace
from foureyes.engine.policy import AnalyzerPolicy, Policy
from foureyes.engine.values import Suggestion
from foureyes.errors import SettingError
from foureyes.git.trees import MemoryTree

FILES = {
    "shop/cart.py": "def total(items):\n    return items[0]['price']\n",
    "src/cart.ts": "export function total(items) {\n  return items.map((item) => item.price);\n}\n",
    "src/main/java/com/acme/Cart.java": "package com.acme;\nclass Cart {\n  int total() { return 1; }\n}\n",
    "cart/cart.go": "package cart\n\nfunc Total(items []int) int {\n\treturn items[5]\n}\n",
    "src/cart.rs": "fn total(items: &[i32]) -> i32 {\n    items[5]\n}\n",
    "lib/cart.rb": "def total(items)\n  items.sum\nend\n",
    "Shop/Cart.cs": "class Cart {\n  int Total() { return 1; }\n}\n",
    "src/Cart.php": "<?php\nfunction total($items) {\n  return $items->sum();\n}\n",
    "native/cart.c": "int total(int *items) {\n  return items[9];\n}\n",
}
ERRORS = {
    "shop/cart.py": "  File \"/srv/shop/cart.py\", line 2, in total\n    return items[0]['price']\nKeyError: 'price'\n",
    "src/cart.ts": "TypeError: items.map is not a function\n    at total (/srv/src/cart.ts:2:16)\n",
    "src/main/java/com/acme/Cart.java": "java.lang.NullPointerException\n\tat com.acme.Cart.total(Cart.java:3)\n",
    "cart/cart.go": (
        "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
        "shop/cart.Total(...)\n\t/srv/cart/cart.go:4 +0x1d\n"
    ),
    "src/cart.rs": "thread 'main' panicked at src/cart.rs:2:5:\nindex out of bounds: the len is 3 but the index is 5\n",
    "lib/cart.rb": "lib/cart.rb:2:in `total': undefined method `sum' for nil (NoMethodError)\n",
    "Shop/Cart.cs": "System.NullReferenceException: No object\n   at Shop.Cart.Total() in /src/Shop/Cart.cs:line 2\n",
    "src/Cart.php": "PHP Fatal error:  Uncaught Error: Call to a member function sum() on null in /a/src/Cart.php:3\n",
    "native/cart.c": (
        "==7==ERROR: AddressSanitizer: heap-buffer-overflow on 0x60\n    #0 0x55 in total /srv/native/cart.c:2:10\n"
    ),
}
QUIET = Policy(analyzers=AnalyzerPolicy(off=("ruff",)))


async def diagnosed(error: str) -> Diagnosis:
    tree = MemoryTree({path: text.encode() for path, text in FILES.items()})
    return await debug(DebugRequest(error, tree, QUIET))


@pytest.mark.parametrize("path", ERRORS)
async def test_an_error_of_each_runtime_is_found_explained_and_reported(path: str) -> None:
    found = await diagnosed(ERRORS[path])
    assert [frame.path for frame in found.frames] == [path]
    assert found.frames[0].symbol.lower().endswith("total")
    assert [hint.path for hint in found.hints if hint.source == "error"] == [path]
    jsonschema.validate(diagnosis_report(found), diagnosis_schema())


async def test_errors_of_all_runtimes_together_are_told_with_the_last_one_first() -> None:
    found = await diagnosed("".join(ERRORS.values()))
    assert [frame.path for frame in found.frames] == list(reversed(ERRORS))


async def test_a_diagnosis_without_a_model_is_the_same_each_time() -> None:
    one, other = [diagnosis_report(await diagnosed("".join(ERRORS.values()))) for _ in range(2)]
    assert one == other


async def test_an_analyser_that_does_not_exist_is_named() -> None:
    policy = Policy(analyzers=AnalyzerPolicy(on=("rufff",)))
    tree = MemoryTree({"shop/cart.py": FILES["shop/cart.py"].encode()})
    with pytest.raises(SettingError, match="rufff"):
        await debug(DebugRequest(ERRORS["shop/cart.py"], tree, policy))


TEXTS = st.text(max_size=20)


@given(TEXTS, TEXTS, st.integers(0, 10**9))
def test_any_words_can_be_reported(path: str, words: str, line: int) -> None:
    frame = Frame(path, line, words, None, words)
    diagnosis = Diagnosis(
        traces=(StackTrace(Runtime.OTHER, words, words, (frame,)),),
        frames=(FoundFrame(path, line, frame, 0, words),),
        lost=(),
        hints=(),
        cause=words,
        evidence=(Evidence(path, line, line, words),),
        patch=(FilePatch(path, (Suggestion(1, 1, (words,)),), words, words),),
    )
    report = diagnosis_report(diagnosis)
    jsonschema.validate(report, diagnosis_schema())
    assert json.loads(json.dumps(report)) == report


def test_the_whole_text_of_a_patched_file_is_no_part_of_a_report() -> None:
    patch = FilePatch("a.py", (Suggestion(1, 1, ("x",)),), "the whole file, secrets and all", "-a\n+x")
    report = json.dumps(diagnosis_report(Diagnosis((), (), (), (), patch=(patch,))))
    assert "secrets and all" not in report
    assert "-a\\n+x" in report


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(0, 3_000))
async def test_excerpts_mark_each_frame_that_they_show_and_keep_to_their_room(lines: list[int], room: int) -> None:
    texts = {f"m{n}.txt": "".join(f"line {number}\n" for number in range(1, 401)) for n in range(3)}
    sources = await read_sources(texts, MemoryTree({path: text.encode() for path, text in texts.items()}))
    frames = [FoundFrame(f"m{n % 3}.txt", line, Frame("x", line), 0) for n, line in enumerate(lines)]
    text = excerpts(frames, sources, room=room)
    first = frames[0]
    assert f">{first.line:5} | line {first.line}\n" in text
    assert text.startswith(f"=== {first.path}\n")
    one_window = 26 * 20
    assert len(text) <= max(room, one_window) + 20


async def test_numbers_of_an_excerpt_are_those_of_the_file() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))
    sources = await read_sources(["a.txt"], MemoryTree({"a.txt": text.encode()}))
    shown = excerpts([FoundFrame("a.txt", 50, Frame("a.txt", 50), 0)], sources, room=9_000)
    rows = [row for row in shown.split("\n") if " | " in row]
    assert all(row.split(" | ")[1] == f"line {int(row.split(' | ')[0].strip('> '))}" for row in rows)
    assert [row[0] for row in rows].count(">") == 1
