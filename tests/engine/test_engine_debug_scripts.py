"""What browsers, Node, Ruby and PHP print, as it is pasted into bug reports."""

import pytest

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.values import Runtime, StackTrace


def places(trace: StackTrace) -> list[str]:
    return [f"{frame.path}:{frame.line} {frame.function}".strip() for frame in trace.frames]


EXPRESS = """\
/srv/app/src/routes/orders.js:12
  const total = order.items.reduce((sum, item) => sum + item.price, 0);
                            ^

TypeError: Cannot read properties of undefined (reading 'reduce')
    at getTotal (/srv/app/src/routes/orders.js:12:29)
    at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/router/layer.js:95:5)
    at next (/srv/app/node_modules/express/lib/router/route.js:149:13)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)

Node.js v20.11.0
"""

CAUSED = """\
Error: could not load the cart
    at loadCart (/srv/app/src/cart.ts:20:11)
    at async main (/srv/app/src/main.ts:4:3) {
  [cause]: TypeError: fetch failed
      at node:internal/deps/undici/undici:12618:11
      at async request (/srv/app/src/http.ts:9:10)
}
"""

CODED = """\
node:internal/modules/cjs/loader:1148
  throw err;
  ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'lodash' imported from /srv/app/src/index.mjs
    at new NodeError (node:internal/errors:405:5)
    at file:///srv/app/src/index.mjs:1:1
"""

CHROME = """\
app.4f1c2.js:2 Uncaught TypeError: e.map is not a function
    at List (webpack-internal:///./src/components/List.tsx:14:23)
    at renderWithHooks (https://shop.example:3000/static/js/vendors.js:1502:18)
"""

WINDOWS_NODE = """\
ReferenceError: prices is not defined
    at total (C:\\work\\shop\\src\\cart.js:7:3)
    at Object.<anonymous> (C:\\work\\shop\\src\\cart.js:11:1)
    at Module._compile (node:internal/modules/cjs/loader:1241:14)
"""

JEST = """\
 FAIL  src/cart.test.ts
  ● Cart adds items

    TypeError: cart.add is not a function

      4 | test('adds items', () => {
      5 |   const cart = new Cart();
    > 6 |   cart.add({ price: 3 });
        |        ^

      at Object.<anonymous> (src/cart.test.ts:6:8)
"""

REJECTED = """\
Uncaught (in promise) ReferenceError: Cannot access 'token' before initialization
    at async Promise.all (index 0)
    at async start (http://localhost:5173/src/auth.ts?t=1700000000:31:5)
"""

SAFARI = """\
TypeError: undefined is not an object (evaluating 'user.name')
render@https://shop.example/assets/profile.js:44:21
@https://shop.example/assets/profile.js:90:7
"""


@pytest.mark.parametrize(
    ("text", "headline", "frames"),
    [
        (
            EXPRESS,
            "TypeError: Cannot read properties of undefined (reading 'reduce')",
            [
                "/srv/app/src/routes/orders.js:12 getTotal",
                "/srv/app/node_modules/express/lib/router/layer.js:95 Layer.handle [as handle_request]",
                "/srv/app/node_modules/express/lib/router/route.js:149 next",
                "node:internal/process/task_queues:95 process.processTicksAndRejections",
            ],
        ),
        (
            CHROME,
            "",
            [
                "webpack-internal:///./src/components/List.tsx:14 List",
                "https://shop.example:3000/static/js/vendors.js:1502 renderWithHooks",
            ],
        ),
        (
            WINDOWS_NODE,
            "ReferenceError: prices is not defined",
            [
                "C:\\work\\shop\\src\\cart.js:7 total",
                "C:\\work\\shop\\src\\cart.js:11 Object.<anonymous>",
                "node:internal/modules/cjs/loader:1241 Module._compile",
            ],
        ),
        (JEST, "TypeError: cart.add is not a function", ["src/cart.test.ts:6 Object.<anonymous>"]),
        (
            REJECTED,
            "ReferenceError: Cannot access 'token' before initialization",
            ["http://localhost:5173/src/auth.ts?t=1700000000:31 async start"],
        ),
        (
            SAFARI,
            "TypeError: undefined is not an object (evaluating 'user.name')",
            ["https://shop.example/assets/profile.js:44 render", "https://shop.example/assets/profile.js:90"],
        ),
    ],
    ids=["express", "chrome", "windows", "jest", "rejected", "safari"],
)
def test_an_error_of_javascript_is_read(text: str, headline: str, frames: list[str]) -> None:
    (trace,) = parse_traces(text)
    assert trace.runtime is Runtime.NODE
    assert trace.headline == headline
    assert places(trace) == frames


def test_a_cause_of_node_is_a_trace_behind_the_error_that_it_caused() -> None:
    outer, inner = parse_traces(CAUSED)
    assert (outer.headline, places(outer)) == (
        "Error: could not load the cart",
        ["/srv/app/src/cart.ts:20 loadCart", "/srv/app/src/main.ts:4 async main"],
    )
    assert (inner.headline, places(inner)) == (
        "TypeError: fetch failed",
        ["node:internal/deps/undici/undici:12618", "/srv/app/src/http.ts:9 async request"],
    )


def test_the_code_of_an_error_is_no_part_of_its_name() -> None:
    (trace,) = parse_traces(CODED)
    assert trace.error == "Error"
    assert trace.message.startswith("Cannot find package 'lodash'")
    assert trace.frames[-1].path == "file:///srv/app/src/index.mjs"


def test_the_place_above_an_error_is_its_innermost_frame() -> None:
    (trace,) = parse_traces("/srv/app/bad.js:3\nlet = 4;\n      ^\n\nSyntaxError: Unexpected token '='\n")
    assert (trace.headline, places(trace)) == ("SyntaxError: Unexpected token '='", ["/srv/app/bad.js:3"])


RAILS = """\
NoMethodError (undefined method `price' for nil:NilClass):

app/models/cart.rb:14:in `total'
app/controllers/carts_controller.rb:8:in `show'
"""

RUBY = """\
/srv/app/lib/shop/cart.rb:12:in `fetch': key not found: :price (KeyError)
\tfrom /srv/app/lib/shop/cart.rb:12:in `block in total'
\tfrom /srv/app/lib/shop/cart.rb:11:in `each'
\tfrom bin/shop.rb:3:in `<main>'
"""

RUBY_34 = """\
lib/cart.rb:4:in 'Cart#total': undefined method 'sum' for nil (NoMethodError)
\tfrom app.rb:9:in '<main>'
"""

RUBY_CAUSED = """\
lib/store.rb:9:in `rescue in load': no store (Shop::StoreError)
\tfrom lib/store.rb:5:in `load'
lib/store.rb:6:in `read': No such file or directory @ rb_sysopen - store.json (Errno::ENOENT)
\tfrom lib/store.rb:6:in `load'
"""


@pytest.mark.parametrize(
    ("text", "headline", "first", "last"),
    [
        (RUBY, "KeyError: key not found: :price", "/srv/app/lib/shop/cart.rb:12 fetch", "bin/shop.rb:3 <main>"),
        (
            RUBY_34,
            "NoMethodError: undefined method 'sum' for nil",
            "lib/cart.rb:4 Cart#total",
            "app.rb:9 <main>",
        ),
        (RAILS, "", "app/models/cart.rb:14 total", "app/controllers/carts_controller.rb:8 show"),
    ],
    ids=["ruby", "ruby 3.4", "rails log"],
)
def test_an_error_of_ruby_is_read(text: str, headline: str, first: str, last: str) -> None:
    (trace,) = parse_traces(text)
    assert trace.runtime is Runtime.RUBY
    assert trace.headline == headline
    assert (places(trace)[0], places(trace)[-1]) == (first, last)


def test_a_cause_of_ruby_is_a_trace_of_its_own() -> None:
    outer, inner = parse_traces(RUBY_CAUSED)
    assert outer.headline == "Shop::StoreError: no store"
    assert inner.error == "Errno::ENOENT"
    assert [frame.line for frame in inner.frames] == [6]


LARAVEL = """\
[2024-03-01 10:11:12] production.ERROR: Call to a member function total() on null
#0 /var/www/app/Http/Controllers/CartController.php(31): App\\Services\\Pricing->total(NULL)
#1 /var/www/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): show()
#2 {main}
"""

PHP_UNCAUGHT = """\
PHP Fatal error:  Uncaught Error: Call to a member function price() on null in /var/www/src/Cart.php:14
Stack trace:
#0 /var/www/public/index.php(9): App\\Cart->total()
#1 {main}
  thrown in /var/www/src/Cart.php on line 14
"""

PHP_WARNING = 'Warning: Undefined array key "price" in /var/www/src/Cart.php on line 8\n'
PHP_PARSE = 'PHP Parse error:  syntax error, unexpected token "}" in C:\\xampp\\htdocs\\cart.php on line 22\n'
PHP_LOGGED = (
    "[01-Mar-2024 10:11:12 UTC] PHP Deprecated:  strlen(): Passing null to parameter #1 is deprecated"
    " in /var/www/lib/text.php on line 3\n"
)


@pytest.mark.parametrize(
    ("text", "headline", "first"),
    [
        (PHP_UNCAUGHT, "Error: Call to a member function price() on null", "/var/www/src/Cart.php:14"),
        (PHP_WARNING, 'Warning: Undefined array key "price"', "/var/www/src/Cart.php:8"),
        (PHP_PARSE, 'Parse error: syntax error, unexpected token "}"', "C:\\xampp\\htdocs\\cart.php:22"),
        (
            PHP_LOGGED,
            "Deprecated: strlen(): Passing null to parameter #1 is deprecated",
            "/var/www/lib/text.php:3",
        ),
        (LARAVEL, "", "/var/www/app/Http/Controllers/CartController.php:31 App\\Services\\Pricing->total"),
    ],
    ids=["uncaught", "warning", "parse", "logged", "laravel"],
)
def test_an_error_of_php_is_read(text: str, headline: str, first: str) -> None:
    (trace,) = parse_traces(text)
    assert trace.runtime is Runtime.PHP
    assert trace.headline == headline
    assert places(trace)[0] == first


def test_warnings_of_php_follow_each_other_as_traces() -> None:
    traces = parse_traces(PHP_WARNING + PHP_LOGGED)
    assert [trace.error for trace in traces] == ["Warning", "Deprecated"]
    assert [trace.frames[0].path for trace in traces] == ["/var/www/src/Cart.php", "/var/www/lib/text.php"]
