"""What the JVM, .NET, Go, Rust, C and compilers print when they give up."""

import pytest

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.values import Runtime, StackTrace


def places(trace: StackTrace) -> list[str]:
    return [f"{frame.path}:{frame.line} {frame.function}".strip() for frame in trace.frames]


SPRING = """\
2024-03-01 10:11:12.345 ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service()
java.lang.IllegalStateException: cart is closed
\tat com.acme.shop.Cart.add(Cart.java:41) ~[classes!/:1.0]
\tat com.acme.shop.CartController.add(CartController.java:27) ~[classes!/:1.0]
\tat java.base/java.lang.reflect.Method.invoke(Method.java:580) ~[na:na]
\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:205)
\t... 52 common frames omitted
"""

NESTED = """\
Exception in thread "main" java.lang.RuntimeException: start failed
\tat com.acme.Main.main(Main.java:8)
\tSuppressed: java.io.IOException: close failed
\t\tat com.acme.Pool.close(Pool.java:19)
\t\tat com.acme.Main.main(Main.java:9)
Caused by: com.acme.ConfigException: no url
\tat com.acme.Config.url(Config.java:12)
\t... 1 more
Caused by: java.lang.NullPointerException: Cannot invoke "String.trim()" because "raw" is null
\tat com.acme.Config.read(Config.java:30)
\t... 2 more
"""

KOTLIN = """\
Exception in thread "DefaultDispatcher-worker-1" java.util.NoSuchElementException: List is empty.
\tat kotlin.collections.CollectionsKt___CollectionsKt.first(_Collections.kt:214)
\tat com.acme.CartKt$total$1.invokeSuspend(Cart.kt:17)
\tat kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:108)
"""

SCALA = """\
Exception in thread "main" scala.MatchError: 4 (of class java.lang.Integer)
\tat com.acme.Pricing$.discount(Pricing.scala:9)
\tat com.acme.Main$.main(Main.scala:3)
\tat com.acme.Main.main(Main.scala)
"""

GROOVY = """\
groovy.lang.MissingPropertyException: No such property: version for class: Build
\tat Build.run(Build.groovy:4)
"""


def test_a_stack_trace_of_java_is_read_with_packages_as_folders() -> None:
    (trace,) = parse_traces(SPRING)
    assert (trace.runtime, trace.headline) == (Runtime.JAVA, "java.lang.IllegalStateException: cart is closed")
    assert [f"{frame.path}:{frame.line}" for frame in trace.frames] == [
        "com/acme/shop/Cart.java:41",
        "com/acme/shop/CartController.java:27",
        "java/lang/reflect/Method.java:580",
        "org/springframework/web/method/support/InvocableHandlerMethod.java:205",
    ]


def test_suppressed_exceptions_and_causes_of_java_are_traces_in_printed_order() -> None:
    assert [
        (trace.error.rpartition(".")[2], [frame.line for frame in trace.frames]) for trace in parse_traces(NESTED)
    ] == [
        ("RuntimeException", [8]),
        ("IOException", [19, 9]),
        ("ConfigException", [12]),
        ("NullPointerException", [30]),
    ]


@pytest.mark.parametrize(
    ("text", "error", "own"),
    [
        (KOTLIN, "java.util.NoSuchElementException", "com/acme/Cart.kt:17"),
        (SCALA, "scala.MatchError", "com/acme/Pricing.scala:9"),
        (GROOVY, "groovy.lang.MissingPropertyException", "Build.groovy:4"),
    ],
    ids=["kotlin", "scala", "groovy"],
)
def test_other_languages_of_the_jvm_print_the_same_form(text: str, error: str, own: str) -> None:
    (trace,) = parse_traces(text)
    assert trace.error == error
    assert own in [f"{frame.path}:{frame.line}" for frame in trace.frames]


ASP_NET = """\
Unhandled exception. System.Collections.Generic.KeyNotFoundException: The given key 'sku-9' was not present.
   at System.Collections.Generic.Dictionary`2.get_Item(TKey key)
   at Shop.Stock.Find(String sku) in /src/Shop/Stock.cs:line 18
   at Shop.Program.Main(String[] args) in /src/Shop/Program.cs:line 5
"""

DOTNET_WINDOWS = """\
System.InvalidOperationException: Sequence contains no elements
   at System.Linq.ThrowHelper.ThrowNoElementsException()
   at Shop.Cart.Cheapest() in C:\\Users\\ada\\source\\Shop\\Cart.cs:line 33
"""

DOTNET_NESTED = """\
System.AggregateException: One or more errors occurred. (no stock)
 ---> Shop.StockException: no stock
 ---> System.TimeoutException: The operation has timed out.
   at Shop.Http.Get(String url) in /src/Http.cs:line 44
   --- End of inner exception stack trace ---
   at Shop.Stock.Load() in /src/Stock.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Program.Main() in /src/Program.cs:line 3
"""


@pytest.mark.parametrize(
    ("text", "error", "frames"),
    [
        (
            ASP_NET,
            "System.Collections.Generic.KeyNotFoundException",
            [
                "/src/Shop/Stock.cs:18 Shop.Stock.Find(String sku)",
                "/src/Shop/Program.cs:5 Shop.Program.Main(String[] args)",
            ],
        ),
        (
            DOTNET_WINDOWS,
            "System.InvalidOperationException",
            ["C:\\Users\\ada\\source\\Shop\\Cart.cs:33 Shop.Cart.Cheapest()"],
        ),
    ],
    ids=["linux", "windows"],
)
def test_an_exception_of_dotnet_is_read(text: str, error: str, frames: list[str]) -> None:
    (trace,) = parse_traces(text)
    assert (trace.runtime, trace.error) == (Runtime.CSHARP, error)
    assert places(trace) == frames


def test_three_exceptions_of_dotnet_inside_of_each_other_get_their_own_frames() -> None:
    assert [
        (trace.error.rpartition(".")[2], [frame.line for frame in trace.frames])
        for trace in parse_traces(DOTNET_NESTED)
    ] == [
        ("TimeoutException", [44]),
        ("StockException", [12]),
        ("AggregateException", [3]),
    ]


GO_NIL = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47d2a1]

goroutine 1 [running]:
main.(*Cart).Total(...)
\t/srv/app/cart.go:12
main.main()
\t/srv/app/main.go:8 +0x1d
exit status 2
"""

GO_RECOVERED = """\
2024/03/01 10:11:12 http: panic serving 127.0.0.1:4242: assignment to entry in nil map
goroutine 19 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x6a1e40?, 0x7523a0?})
\t/usr/local/go/src/runtime/panic.go:914 +0x21f
example.com/shop/stock.(*Store).Put(0xc0000b4000, {0xc00001c0a8, 0x3})
\t/srv/app/stock/store.go:27 +0x4b
"""

GO_DEADLOCK = """\
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/srv/app/main.go:6 +0x36

goroutine 18 [select]:
main.worker()
\t/srv/app/worker.go:14 +0x71
created by main.main in goroutine 1
\t/srv/app/main.go:4 +0x1c
"""


def test_a_panic_of_go_gets_the_function_above_each_place() -> None:
    (trace,) = parse_traces(GO_NIL)
    assert trace.headline.startswith("panic: runtime error: invalid memory address")
    assert places(trace) == ["/srv/app/cart.go:12 main.(*Cart).Total", "/srv/app/main.go:8 main.main"]


def test_a_panic_that_a_server_logged_still_has_its_frames() -> None:
    (trace,) = parse_traces(GO_RECOVERED)
    assert trace.runtime is Runtime.GO
    assert places(trace)[-1] == "/srv/app/stock/store.go:27 example.com/shop/stock.(*Store).Put"


def test_a_deadlock_of_go_shows_the_goroutine_that_was_printed_first() -> None:
    (trace,) = parse_traces(GO_DEADLOCK)
    assert trace.headline == "fatal error: all goroutines are asleep - deadlock!"
    assert places(trace) == ["/srv/app/main.go:6 main.main"]


RUST_NEW = """\
thread 'main' panicked at src/cart.rs:14:27:
index out of bounds: the len is 2 but the index is 9
stack backtrace:
   0: rust_begin_unwind
             at /rustc/82e1608dfa6e0b5569232559e3d385fea5a93112/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
             at /rustc/82e1608dfa6e0b5569232559e3d385fea5a93112/library/core/src/panicking.rs:72:14
   2: shop::cart::Cart::item
             at ./src/cart.rs:14:27
   3: shop::main
             at ./src/main.rs:6:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""

RUST_OLD = (
    "thread 'tokio-runtime-worker' panicked at 'called `Option::unwrap()` on a `None` value', src/store.rs:31:40\n"
)
RUST_NUMBERED = "thread 'worker' (73123) panicked at src/lib.rs:4:5:\nattempt to divide by zero\n"


@pytest.mark.parametrize(
    ("text", "message", "first"),
    [
        (RUST_NEW, "index out of bounds: the len is 2 but the index is 9", "src/cart.rs:14"),
        (RUST_OLD, "called `Option::unwrap()` on a `None` value", "src/store.rs:31"),
        (RUST_NUMBERED, "attempt to divide by zero", "src/lib.rs:4"),
    ],
    ids=["1.73", "before 1.73", "with thread id"],
)
def test_a_panic_of_rust_is_read(text: str, message: str, first: str) -> None:
    (trace,) = parse_traces(text)
    assert (trace.runtime, trace.message) == (Runtime.RUST, message)
    assert places(trace)[0] == first


def test_a_backtrace_of_rust_gets_its_functions() -> None:
    (trace,) = parse_traces(RUST_NEW)
    assert places(trace)[-2:] == ["src/cart.rs:14 shop::cart::Cart::item", "src/main.rs:6 shop::main"]


ASAN = """\
=================================================================
==731==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0001 bp 0x7ffe sp 0x7ffe
READ of size 4 at 0x602000000010 thread T0
    #0 0x55d1 in cart_total /srv/app/src/cart.c:21:12
    #1 0x55d2 in main /srv/app/src/main.c:9:3
    #2 0x7f01 in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x29d8f)

0x602000000010 is located 0 bytes inside of 4-byte region
freed by thread T0 here:
    #0 0x7f02 in free (/usr/lib/libasan.so.8+0xba)
    #1 0x55d3 in cart_clear /srv/app/src/cart.c:33:3

previously allocated by thread T0 here:
    #0 0x7f03 in malloc (/usr/lib/libasan.so.8+0xbb)
    #1 0x55d4 in cart_new /srv/app/src/cart.c:8:15

SUMMARY: AddressSanitizer: heap-use-after-free /srv/app/src/cart.c:21:12 in cart_total
"""

GDB = """\
Program received signal SIGSEGV, Segmentation fault.
#0  0x000055555555513d in item_price (item=0x0) at src/item.c:5
#1  0x0000555555555171 in cart_total (cart=0x5555555592a0, count=2) at src/cart.c:12
#2  main () at src/main.c:7
"""


def test_a_report_of_the_address_sanitizer_is_read_without_where_memory_came_from() -> None:
    trace = parse_traces(ASAN)[0]
    assert trace.headline.startswith("AddressSanitizer: heap-use-after-free")
    assert places(trace) == ["/srv/app/src/cart.c:21 cart_total", "/srv/app/src/main.c:9 main"]


def test_a_backtrace_of_gdb_is_read() -> None:
    (trace,) = parse_traces(GDB)
    assert trace.runtime is Runtime.NATIVE
    assert places(trace) == ["src/item.c:5 item_price", "src/cart.c:12 cart_total", "src/main.c:7 main"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("src/cart.c:14:9: error: use of undeclared identifier 'itm'", "src/cart.c:14", "use of undeclared identifier"),
        ("./main.go:9:2: undefined: fmt.Printl", "main.go:9", "./main.go:9:2: undefined"),
        ("src/app.ts:3:5 - error TS2322: Type 'string' is not assignable", "src/app.ts:3", "Type 'string'"),
        ("Cart.cs(12,8): error CS1002: ; expected [/src/Shop.csproj]", "Cart.cs:12", "; expected"),
        ("[ERROR] /src/main/java/App.java:[8,14] cannot find symbol", "", ""),
        ("e: file:///src/main/kotlin/App.kt:8:14 Unresolved reference: totl", "", ""),
        ("Died at lib/Shop/Cart.pm line 31.", "lib/Shop/Cart.pm:31", "Died at lib/Shop/Cart.pm line 31."),
        ("lua: cart.lua:4: attempt to index a nil value (local 'item')", "cart.lua:4", "lua: cart.lua:4"),
        (
            "** (KeyError) key :price not found\n    (shop 0.1.0) lib/cart.ex:9: Shop.Cart.total/1",
            "lib/cart.ex:9",
            "** (Key",
        ),
        ("deploy.sh: line 14: kubectl: command not found", "", ""),
        ("nginx: [emerg] unknown directive in /etc/nginx/site.conf:12", "/etc/nginx/site.conf:12", "nginx: [emerg]"),
        (
            "error: undefined variable 'pkg'\n\n       at /srv/app/flake.nix:7:3:",
            "/srv/app/flake.nix:7",
            "undefined variable",
        ),
        ("main.tf line 3: Error: Unsupported argument", "main.tf:3", "Unsupported argument"),
        ("ERROR: LoadError: UndefVarError\nin expression starting at cart.jl:5", "cart.jl:5", "LoadError"),
    ],
)
def test_any_text_that_names_a_file_and_a_line_is_a_last_resort(text: str, place: str, message: str) -> None:
    found = parse_traces(text)
    assert [f"{trace.frames[0].path}:{trace.frames[0].line}" for trace in found] == ([place] if place else [])
    assert all(message in trace.message for trace in found)


def test_places_of_a_compiler_are_listed_once_each_in_the_order_of_the_text() -> None:
    text = "a.c:1:2: error: no\na.c:1:9: note: here\nb.h:7: included\na.c:1:2: error: no\n"
    (trace,) = parse_traces(text)
    assert places(trace) == ["a.c:1", "b.h:7"]


def test_two_runtimes_in_one_log_are_read_in_printed_order() -> None:
    assert [trace.runtime for trace in parse_traces(SPRING + GO_NIL + RUST_NEW)] == [
        Runtime.JAVA,
        Runtime.GO,
        Runtime.RUST,
    ]
