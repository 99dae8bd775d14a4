"""Tracebacks as programs print them: `tests/data/engine/traces` holds what real runs printed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.values import Frame, Runtime, StackTrace

TRACES = Path(__file__).parents[1] / "data/engine/traces"


def recorded(name: str) -> tuple[StackTrace, ...]:
    return parse_traces((TRACES / f"{name}.txt").read_text("utf-8"))


def places(trace: StackTrace) -> list[str]:
    return [f"{frame.path}:{frame.line} {frame.function}".strip() for frame in trace.frames]


@pytest.mark.parametrize(
    ("name", "runtime", "headline", "first"),
    [
        (
            "python_library",
            "python",
            "json.decoder.JSONDecodeError: Expecting property name",
            "json/decoder.py:353 raw",
        ),
        ("python_syntax", "python", "SyntaxError: invalid syntax", "/srv/app/py/bad.py:1"),
        ("pytest_long", "python", "KeyError: 'count'", "shop/cart.py:6"),
        ("pytest_short", "python", "KeyError: 'count'", "shop/cart.py:6 price_of"),
        ("compose", "python", "KeyError: 'count'", "/srv/app/shop/cart.py:6 price_of"),
        ("node", "node", "TypeError: Cannot read properties of null (reading 'price')", "js/lib/cart.js:1 Cart.add"),
        ("node_syntax", "node", "SyntaxError: Unexpected token ';'", "/srv/app/js/bad.js:1"),
        ("firefox", "node", "TypeError: item is null", "https://shop.example:8443/assets/cart.js:2 total"),
        ("kotlin", "java", "java.lang.IndexOutOfBoundsException: Index 3", "Preconditions.java:100"),
        (
            "go",
            "go",
            "panic: runtime error: index out of range [5] with length 3",
            "/srv/app/cart/cart.go:8 example.com",
        ),
        ("rust", "rust", "panicked: index out of bounds: the len is 3 but the index is 5", "main.rs:1"),
        ("ruby", "ruby", "NoMethodError: undefined method `[]' for nil:NilClass", "/srv/app/lib/cart.rb:7 block in"),
        ("php", "php", "TypeError: price(): Argument #1 ($item) must be of type array", "/srv/app/src/Cart.php:5"),
        ("asan", "native", "AddressSanitizer: heap-buffer-overflow on address", "c/x.c:2 f"),
        ("gcc", "other", "error: \N{LEFT SINGLE QUOTATION MARK}z", "c/y.c:1"),
        ("rustc", "other", "error: mismatched types", "rs/bad.rs:1"),
        ("perl", "other", "bad thing at pl/x.pl line 2.", "pl/x.pl:2"),
    ],
)
def test_an_error_and_where_it_was_raised_are_read(name: str, runtime: str, headline: str, first: str) -> None:
    trace = recorded(name)[0]
    assert trace.runtime.value == runtime
    assert trace.headline.startswith(headline)
    assert first in places(trace)[0]


def test_causes_are_traces_of_their_own() -> None:
    assert [(trace.error, len(trace.frames)) for trace in recorded("python_chained")] == [
        ("KeyError", 3),
        ("ValueError", 2),
    ]
    assert [trace.error for trace in recorded("java")] == [
        "java.lang.IllegalStateException",
        "java.lang.NullPointerException",
    ]
    assert [trace.headline for trace in recorded("node_cause")] == ["Error: outer", "TypeError: inner"]


def test_an_outer_exception_of_csharp_gets_the_frames_behind_its_cause() -> None:
    inner, outer = recorded("csharp")
    assert (inner.error, places(inner)[0]) == (
        "System.NullReferenceException",
        "/srv/app/Shop/Cart.cs:11 Shop.Cart.Price(String name)",
    )
    assert (outer.error, outer.frames[0].line) == ("System.InvalidOperationException", 21)


def test_members_of_an_exception_group_are_traces_too() -> None:
    assert [trace.headline for trace in recorded("python_group")] == [
        "ExceptionGroup: two (2 sub-exceptions)",
        "ValueError: a",
        "ValueError: b",
    ]


def test_java_frames_get_the_folders_of_their_package() -> None:
    assert places(recorded("java")[1]) == ["com/acme/App.java:3 com.acme.App$Inner.len"]


def test_goroutines_that_only_wait_are_left_out() -> None:
    (trace,) = recorded("go")
    assert places(trace)[1] == "/srv/app/cart/cart.go:14 example.com/shop/cart.(*Cart).Total"
    assert len(trace.frames) == 3


def test_the_line_that_a_trace_quotes_is_kept() -> None:
    assert recorded("python_chained")[0].frames[0].quoted == 'return item["price"] * item["count"]'


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("thread 'main' panicked at 'no', src/main.rs:4:5", Frame("src/main.rs", 4, column=5)),
        ("PHP Warning:  Undefined variable $x in /srv/a.php on line 3", Frame("/srv/a.php", 3)),
        ("    at async load (webpack://shop/./src/a.ts:3:9)", Frame("webpack://shop/./src/a.ts", 3, "async load", 9)),
        ("    at file:///srv/app/main.mjs:1:7", Frame("file:///srv/app/main.mjs", 1, column=7)),
        ("#1  0x0000 in total (n=1) at src/cart.c:12", Frame("src/cart.c", 12, "total")),
        ("src/app.ts(3,5): error TS2322: Type 'x'", Frame("src/app.ts", 3, column=5)),
        ("** (KeyError) key :a not found\n    lib/cart.ex:3: Cart.total/1", Frame("lib/cart.ex", 3)),
        ("\x1b[31mmain.py:4: error: bad\x1b[0m", Frame("main.py", 4)),
        (r'{"exc": "Traceback\n  File \"a.py\", line 3, in f\nKeyError: 1"}', Frame("a.py", 3, "f")),
    ],
)
def test_other_forms_are_read_too(text: str, frame: Frame) -> None:
    assert parse_traces(text)[0].frames[0] == frame


def test_text_without_a_place_has_no_trace() -> None:
    assert parse_traces("It does not work.\nPlease help: version 1.2, 10:30.\n") == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part", ["at a in ", "at (", "a.b", "E   A.b", "#1 a (", "x:1", "at [as ", 'File "a", line 1, ']
)
def test_hostile_lines_are_read_in_time(part: str) -> None:
    parse_traces("\n".join([part * 5_000] * 100))


@given(st.text(alphabet='at File "x.py", line 1in:()#0-\n\tE', max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    for trace in parse_traces(text):
        assert trace.frames


def test_what_this_python_prints_is_read(tmp_path: Path) -> None:
    (tmp_path / "cart.py").write_text("def total(items):\n    return items[0]['price']\n\n\ntotal([None])\n")
    done = subprocess.run([sys.executable, "cart.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    (trace,) = parse_traces(done.stderr)
    assert trace.headline == "TypeError: 'NoneType' object is not subscriptable"
    assert [frame.function for frame in trace.frames] == ["total", "<module>"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_what_this_node_prints_is_read(tmp_path: Path) -> None:
    (tmp_path / "cart.js").write_text("const total = (items) => items.sum();\ntotal(undefined);\n")
    done = subprocess.run(["node", "cart.js"], cwd=tmp_path, capture_output=True, text=True, check=False)
    (trace,) = parse_traces(done.stderr)
    assert trace.runtime is Runtime.NODE
    assert [frame.line for frame in trace.frames][:2] == [1, 2]
