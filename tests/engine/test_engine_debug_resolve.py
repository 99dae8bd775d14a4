"""From a printed path to a file, in repositories and containers of many shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.locate import locate
from foureyes.engine.debug.resolve import LIBRARY, UNKNOWN, Files
from foureyes.engine.debug.values import Frame, Runtime
from foureyes.git.trees import MemoryTree

MONOREPO = (
    "services/billing/app/main.py",
    "services/stock/app/main.py",
    "services/stock/app/models.py",
    "packages/ui/src/button.tsx",
    "packages/ui/src/index.ts",
    "packages/api/src/index.ts",
    "android/app/src/main/kotlin/com/acme/Main.kt",
    "cmd/server/main.go",
    "crates/core/src/lib.rs",
    "native/src/cart.c",
    "web/vendor/cart.php",
    "Program.cs",
)


def found(printed: str, runtime: Runtime = Runtime.OTHER) -> list[str]:
    return list(Files(MONOREPO).candidates(Frame(printed, 1), runtime)[0])


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("services/stock/app/models.py", "services/stock/app/models.py"),
        ("/code/stock/app/main.py", "services/stock/app/main.py"),
        ("/srv/services/billing/app/main.py", "services/billing/app/main.py"),
        ("./packages/ui/src/button.tsx", "packages/ui/src/button.tsx"),
        ("../ui/src/button.tsx", "packages/ui/src/button.tsx"),
        ("webpack-internal:///./packages/ui/src/button.tsx", "packages/ui/src/button.tsx"),
        ("https://shop.example/assets/packages/ui/src/button.tsx?t=17", "packages/ui/src/button.tsx"),
        ("file:///home/ada/shop/packages/api/src/index.ts", "packages/api/src/index.ts"),
        ("D:\\build\\shop\\packages\\api\\src\\index.ts", "packages/api/src/index.ts"),
        ("\\\\server\\share\\packages\\api\\src\\index.ts", "packages/api/src/index.ts"),
        ("/home/runner/work/shop/shop/cmd/server/main.go", "cmd/server/main.go"),
        ("/usr/src/app/native/./src/../src/cart.c", "native/src/cart.c"),
        ("C:\\src\\Program.cs", "Program.cs"),
        ("/var/www/html/web/vendor/cart.php", "web/vendor/cart.php"),
    ],
)
def test_the_longest_end_that_two_paths_share_decides(printed: str, path: str) -> None:
    assert found(printed) == [path]


@pytest.mark.parametrize(
    ("printed", "paths"),
    [
        ("app/main.py", ["services/billing/app/main.py", "services/stock/app/main.py"]),
        ("main.py", ["services/billing/app/main.py", "services/stock/app/main.py"]),
        ("src/index.ts", ["packages/ui/src/index.ts", "packages/api/src/index.ts"]),
    ],
)
def test_files_that_fit_equally_well_are_all_named(printed: str, paths: list[str]) -> None:
    assert found(printed) == paths


@pytest.mark.parametrize(
    "printed",
    [
        "/usr/local/lib/python3.12/asyncio/runners.py",
        "/venv/lib/python3.11/site-packages/flask/app.py",
        "/app/node_modules/react-dom/cjs/react-dom.development.js",
        "node:internal/modules/cjs/loader",
        "internal/timers.js",
        "<anonymous>",
        "<frozen importlib._bootstrap>",
        "[native code]",
        "/rustc/82e1608dfa6e0b5569232559e3d385fea5a93112/library/core/src/panicking.rs",
        "/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/tokio-1.36.0/src/lib.rs",
        "/usr/local/go/src/runtime/panic.go",
        "/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go",
        "/usr/lib/ruby/3.2.0/json/common.rb",
        "/usr/local/bundle/gems/rack-3.0.8/lib/rack/main.rb",
        "java/lang/Thread.java",
        "jdk/internal/reflect/Method.java",
        "kotlin/collections/Collections.kt",
        "../sysdeps/x86/libc-start.c",
        "/root/.nuget/packages/newtonsoft.json/13.0.3/Program.cs",
    ],
)
def test_what_runtimes_and_package_managers_own_is_a_library(printed: str) -> None:
    candidates, reason = Files(MONOREPO).candidates(Frame(printed, 1), Runtime.OTHER)
    assert (list(candidates), reason) == ([], LIBRARY)


@pytest.mark.parametrize("printed", ["", "/", "..", ".", "///", "?", "/srv/else/where.py", "C:\\", "x" * 5_000])
def test_a_path_that_names_nothing_here_is_told_so(printed: str) -> None:
    candidates, reason = Files(MONOREPO).candidates(Frame(printed, 1), Runtime.OTHER)
    assert (list(candidates), reason) == ([], UNKNOWN)


def test_a_class_of_java_is_found_by_its_file_alone() -> None:
    assert found("org/other/Main.kt", Runtime.JAVA) == ["android/app/src/main/kotlin/com/acme/Main.kt"]
    assert found("org/other/Main.kt", Runtime.NODE) == []


NAMES = st.sampled_from(["a", "b", "src", "x.py", "y.py"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(st.sets(PATHS, min_size=1, max_size=10))
def test_a_path_from_the_top_always_means_itself(paths: set[str]) -> None:
    files = Files(sorted(paths))
    for path in paths:
        assert path in files.candidates(Frame(path, 1), Runtime.OTHER)[0]


@given(st.sets(PATHS, min_size=1, max_size=10), st.text(max_size=60))
def test_whatever_is_printed_only_files_of_the_repository_are_meant(paths: set[str], printed: str) -> None:
    for runtime in Runtime:
        assert set(Files(paths).candidates(Frame(printed, 1), runtime)[0]) <= paths


ORDERS = """\
from shop import db


class Orders:
    def open(self, key):
        row = db.row(key)
        return row["total"]
"""


def traceback(line: int, quoted: str, path: str = "/srv/shop/orders.py") -> str:
    return f'Traceback (most recent call last):\n  File "{path}", line {line}, in open\n    {quoted}\nKeyError: 1\n'


@pytest.mark.parametrize(
    ("line", "quoted", "now", "stale"),
    [
        (7, 'return row["total"]', 7, False),
        (3, 'return row["total"]', 7, False),
        (99, 'return row["total"]', 7, False),
        (6, "row = db.find(key)", 6, True),
    ],
    ids=["unchanged", "moved down", "moved up", "edited"],
)
async def test_a_frame_is_followed_to_where_its_line_is_now(line: int, quoted: str, now: int, stale: bool) -> None:
    located = await locate(parse_traces(traceback(line, quoted)), MemoryTree({"shop/orders.py": ORDERS.encode()}))
    (frame,) = located.frames
    assert (frame.line, frame.stale, frame.symbol) == (now, stale, "Orders.open")


async def test_of_equal_lines_the_closest_one_is_meant() -> None:
    text = "x = 1\n" * 20 + "go()\n" + "x = 1\n" * 20 + "go()\n"
    located = await locate(parse_traces(traceback(40, "go()")), MemoryTree({"shop/orders.py": text.encode()}))
    assert [frame.line for frame in located.frames] == [42]


async def test_every_frame_is_either_found_or_lost_with_a_reason() -> None:
    text = (
        'Traceback (most recent call last):\n  File "/srv/shop/orders.py", line 7, in open\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 3, in raw\n'
        '  File "/elsewhere/thing.py", line 3, in f\n'
        '  File "/srv/shop/orders.py", line 7000, in gone\nKeyError: 1\n'
    )
    located = await locate(parse_traces(text), MemoryTree({"shop/orders.py": ORDERS.encode()}))
    assert [frame.line for frame in located.frames] == [7]
    assert [(lost.frame.line, lost.reason) for lost in located.lost] == [
        (7000, UNKNOWN),
        (3, UNKNOWN),
        (3, LIBRARY),
    ]


async def test_a_frame_in_a_file_that_is_not_utf_8_is_found() -> None:
    located = await locate(parse_traces(traceback(1, "")), MemoryTree({"shop/orders.py": b"x = '\xe9'\n"}))
    assert [(frame.path, frame.line) for frame in located.frames] == [("shop/orders.py", 1)]
