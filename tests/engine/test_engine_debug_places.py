"""Frames found in the repository, and what an error's own words tell about them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.known import hints_of
from foureyes.engine.debug.locate import Located, locate
from foureyes.engine.debug.resolve import LIBRARY, UNKNOWN, Files
from foureyes.engine.debug.values import Frame, Hint, Runtime
from foureyes.git.trees import MemoryTree

TRACES = Path(__file__).parents[1] / "data/engine/traces"
REPOSITORY = (
    "main.go",
    "src/shop/cart.py",
    "src/shop/__init__.py",
    "web/src/cart.ts",
    "api/src/main/java/com/acme/App.java",
    "tests/a/utils.py",
    "tests/b/utils.py",
)


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("src/shop/cart.py", "src/shop/cart.py"),
        ("/srv/build/src/shop/cart.py", "src/shop/cart.py"),
        ("/srv/app/shop/cart.py", "src/shop/cart.py"),
        ("shop/cart.py", "src/shop/cart.py"),
        ("cart.py", "src/shop/cart.py"),
        ("C:\\work\\src\\shop\\cart.py", "src/shop/cart.py"),
        ("/usr/lib/python3/dist-packages/shop/cart.py", "src/shop/cart.py"),
        ("webpack://shop/./src/cart.ts", "web/src/cart.ts"),
        ("https://shop.example/src/cart.ts?v=3", "web/src/cart.ts"),
        ("com/acme/App.java", "api/src/main/java/com/acme/App.java"),
        ("/go/work/main.go", "main.go"),
        ("/srv/app/tests/b/utils.py", "tests/b/utils.py"),
    ],
)
def test_a_printed_path_is_found_by_its_end(printed: str, found: str) -> None:
    assert Files(REPOSITORY).candidates(Frame(printed, 1), Runtime.PYTHON)[0] == [found]


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("/usr/lib/python3.11/site-packages/other/cart.py", LIBRARY),
        ("/usr/local/lib/python3.11/shop/cart.py", LIBRARY),
        ("/srv/app/node_modules/shop/src/cart.ts", LIBRARY),
        ("/root/go/pkg/mod/example.com/x@v1/main.go", LIBRARY),
        ("<string>", LIBRARY),
        ("node:internal/vm", LIBRARY),
        ("/srv/other/cart.py", UNKNOWN),
        ("..", UNKNOWN),
    ],
)
def test_a_path_of_elsewhere_is_told_so(printed: str, reason: str) -> None:
    assert Files(REPOSITORY).candidates(Frame(printed, 1), Runtime.PYTHON) == ([], reason) or Files(
        REPOSITORY
    ).candidates(Frame(printed, 1), Runtime.PYTHON) == ((), reason)


async def located(error: str, files: Mapping[str, str]) -> Located:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return await locate(parse_traces(error), tree)


CART = 'def total(items):\n    return items[0]["price"]\n'
RAISED = 'Traceback (most recent call last):\n  File "{path}", line {line}, in total\n    {code}\nKeyError: 0\n'


def raised(path: str = "/srv/app/shop/cart.py", line: int = 2, code: str = 'return items[0]["price"]') -> str:
    return RAISED.format(path=path, line=line, code=code)


async def test_a_frame_knows_the_function_around_it() -> None:
    (frame,) = (await located(raised(), {"shop/cart.py": CART})).frames
    assert (frame.path, frame.line, frame.symbol, frame.stale) == ("shop/cart.py", 2, "total", False)


async def test_a_line_that_has_moved_is_followed() -> None:
    (frame,) = (await located(raised(), {"shop/cart.py": "import os\n\n\n" + CART})).frames
    assert (frame.line, frame.frame.line, frame.stale) == (5, 2, False)


async def test_a_line_that_is_gone_is_told() -> None:
    (frame,) = (await located(raised(code="return other"), {"shop/cart.py": CART})).frames
    assert frame.stale


async def test_of_two_files_the_one_with_the_quoted_line_is_meant() -> None:
    files = {"a/utils.py": CART, "b/utils.py": "x = 1\ny = 2\n"}
    (frame,) = (await located(raised("utils.py"), files)).frames
    assert frame.path == "a/utils.py"


async def test_files_that_fit_equally_well_are_not_guessed_among() -> None:
    found = await located(raised("utils.py"), {"a/utils.py": CART, "b/utils.py": CART})
    assert [lost.reason for lost in found.lost] == ["2 files fit equally well"]


async def test_a_frame_beyond_the_end_of_the_file_is_lost() -> None:
    error = "Error: x\n    at f (/srv/app/lib/cart.js:9:1)\n"
    assert (await located(error, {"lib/cart.js": "x\n"})).frames == ()


async def test_the_innermost_frame_of_the_last_error_comes_first() -> None:
    files = {
        "py/main.py": "\n" * 6 + '        raise ValueError("bad cart") from exc\n\nrun()\n',
        "py/shop/cart.py": '\nx\n\n\n\n    return item["price"] * item["count"]\n',
    }
    found = await located((TRACES / "python_chained.txt").read_text(), files)
    assert [(frame.path, frame.line) for frame in found.frames][:3] == [
        ("py/main.py", 7),
        ("py/main.py", 9),
        ("py/shop/cart.py", 6),
    ]


async def hints(error: str, files: Mapping[str, str]) -> list[Hint]:
    found = await located(error, files)
    return list(hints_of(parse_traces(error), found.frames, found.sources))


async def test_an_error_that_everybody_knows_is_told_at_its_line() -> None:
    error = raised(code="return user.name").replace(
        "KeyError: 0", "AttributeError: 'NoneType' object has no attribute 'name'"
    )
    (hint,) = await hints(error, {"shop/cart.py": "def total(user):\n    return user.name\n"})
    assert hint.text == "What stands before .name was None. Here that is user."
    assert (hint.source, hint.path, hint.line) == ("error", "shop/cart.py", 2)


async def test_where_a_library_raised_the_way_there_is_told() -> None:
    error = 'Traceback (most recent call last):\n  File "shop/cart.py", line 2, in total\n'
    error += '  File "/usr/lib/python3.11/json/decoder.py", line 355, in decode\nValueError: bad\n'
    (hint,) = await hints(error, {"shop/cart.py": CART})
    assert hint.text == "It was raised in /usr/lib/python3.11/json/decoder.py, which this line led to."


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.f()\n\t/a/main.go:3 +0x1\n",
            "never made",
        ),
        (
            "thread 'main' panicked at src/a.rs:1:2:\ncalled `Option::unwrap()` on a `None` value\n",
            "unwrap() relied on",
        ),
        ("a.rb:1:in 'f': undefined method 'x' for nil (NoMethodError)\n", "x was called on nil"),
        ("TypeError: f is not a function\n    at g (/a/b.js:1:1)\n", "f holds something"),
        ("PHP Fatal error:  Uncaught Error: Call to a member function x() on null in /a.php:3\n", "->x() was null"),
        (
            'Exception in thread "main" java.util.ConcurrentModificationException\n\tat a.B.c(B.java:1)\n',
            "while a loop",
        ),
        ("Unhandled exception. System.NullReferenceException: x\n   at A.B() in /a.cs:line 3\n", "was null"),
    ],
)
async def test_each_runtime_has_errors_that_everybody_knows(error: str, told: str) -> None:
    assert told in (await hints(error, {}))[0].text


async def test_a_secret_in_an_error_is_not_repeated() -> None:
    key = "AKIA" + "Z7QJ3MXK4WLP2RTN"
    (hint,) = await hints(raised().replace("KeyError: 0", f"KeyError: '{key}'"), {"shop/cart.py": CART})
    assert key not in hint.text
