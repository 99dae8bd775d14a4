"""Every row of the table of known errors, with the words that real runtimes print."""

import pytest

from foureyes.engine.debug.known import hints_of
from foureyes.engine.debug.values import Frame, Runtime, StackTrace

PYTHON, NODE, JAVA, GO, RUST = Runtime.PYTHON, Runtime.NODE, Runtime.JAVA, Runtime.GO, Runtime.RUST
RUBY, CSHARP, PHP, NATIVE = Runtime.RUBY, Runtime.CSHARP, Runtime.PHP, Runtime.NATIVE


def told(runtime: Runtime, error: str, message: str) -> str:
    trace = StackTrace(runtime, error, message, (Frame("x", 1),))
    return " ".join(hint.text for hint in hints_of([trace], [], {}))


@pytest.mark.parametrize(
    ("error", "message", "meaning"),
    [
        ("KeyError", "'count'", "with 'count', a key that it does not hold"),
        ("AttributeError", "'NoneType' object has no attribute 'name'", "before .name was None"),
        ("TypeError", "'NoneType' object is not subscriptable", "None is not subscriptable"),
        ("AttributeError", "'Cart' object has no attribute 'sum'", "type Cart was met where .sum was read"),
        (
            "AttributeError",
            "partially initialized module 'shop.cart' has no attribute 'x' (most likely due to a circular import)",
            "shop.cart was used before it had run to its end",
        ),
        (
            "ImportError",
            "cannot import name 'Cart' from partially initialized module 'shop.cart' (most likely ...) (/srv/cart.py)",
            "shop.cart had not come to Cart yet",
        ),
        (
            "ImportError",
            "cannot import name 'Cart' from 'shop.cart' (/srv/cart.py)",
            "shop.cart was found and defines no",
        ),
        ("ModuleNotFoundError", "No module named 'shop.cart'", "holds a module shop.cart"),
        ("IndexError", "list index out of range", "past the end"),
        (
            "UnboundLocalError",
            "cannot access local variable 'total' where it is not associated with a value",
            "total is assigned somewhere in this function",
        ),
        ("UnboundLocalError", "local variable 'total' referenced before assignment", "total is assigned somewhere"),
        ("RecursionError", "maximum recursion depth exceeded", "called itself"),
        ("ZeroDivisionError", "division by zero", "divisor was zero"),
        ("TypeError", "f() missing 2 required positional arguments: 'a' and 'b'", "leaves out 'a' and 'b'"),
        ("TypeError", "f() got an unexpected keyword argument 'c'", "no parameter c"),
        ("RuntimeError", "dictionary changed size during iteration", "while a loop ran over it"),
        ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xe9 in position 3: invalid", "are not utf-8: 0xe9"),
        ("RuntimeError", "This event loop is already running", "that a loop already runs"),
        ("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", "is empty or begins with"),
    ],
)
def test_what_python_says(error: str, message: str, meaning: str) -> None:
    assert meaning in told(PYTHON, error, message)


@pytest.mark.parametrize(
    ("error", "message", "meaning"),
    [
        ("TypeError", "Cannot read properties of undefined (reading 'price')", "before .price was undefined"),
        ("TypeError", "Cannot set properties of null (setting 'price')", "before .price was null"),
        ("TypeError", "Cannot read property of undefined (reading 'x')", "before .x was undefined"),
        ("TypeError", "cart.total is not a function", "cart.total holds something that can't be called"),
        ("ReferenceError", "Cannot access 'cart' before initialization", "cart was read before the line"),
        ("ReferenceError", "cart is not defined", "Nothing named cart is declared"),
        ("Error", "Cannot find module './cart'", "no module ./cart"),
        ("Error [ERR_MODULE_NOT_FOUND]", "Cannot find package 'cart' imported from /srv/a.mjs", "no module cart"),
        ("TypeError", "Assignment to constant variable.", "declared with const"),
        ("TypeError", "items is not iterable", "has no items"),
        ("RangeError", "Maximum call stack size exceeded", "without end"),
    ],
)
def test_what_node_says(error: str, message: str, meaning: str) -> None:
    assert meaning in told(NODE, error, message)


@pytest.mark.parametrize(
    ("runtime", "error", "message", "meaning"),
    [
        (JAVA, "java.lang.NullPointerException", 'Cannot invoke "a()" because "this.b" is null', '"this.b" was null'),
        (JAVA, "java.lang.NullPointerException", "", "was null and was used as an object"),
        (
            JAVA,
            "java.lang.ArrayIndexOutOfBoundsException",
            "Index 3 out of bounds for length 3",
            "Position 3 was asked for; there are 3 items",
        ),
        (JAVA, "java.util.ConcurrentModificationException", "", "changed while a loop ran over it"),
        (
            JAVA,
            "java.lang.ClassCastException",
            "class a.B cannot be cast to class c.D (a.B and c.D are in unnamed module of loader 'app')",
            "An object of a.B was met where c.D was expected",
        ),
        (JAVA, "java.util.NoSuchElementException", "No value present", "holds none"),
        (GO, "panic", "runtime error: index out of range [5] with length 3", "Position 5 was asked for"),
        (GO, "panic", "runtime error: invalid memory address or nil pointer dereference", "nil pointer was followed"),
        (GO, "panic", "assignment to entry in nil map", "never made"),
        (GO, "fatal error", "all goroutines are asleep - deadlock!", "waits for another"),
        (GO, "fatal error", "concurrent map writes", "without a lock"),
        (GO, "panic", "send on closed channel", "closed while"),
        (
            GO,
            "panic",
            "interface conversion: interface {} is string, not int",
            "of type string; the assertion asks for int",
        ),
        (RUST, "panicked", "index out of bounds: the len is 3 but the index is 5", "Position 5 was asked for"),
        (RUST, "panicked", "called `Option::unwrap()` on a `None` value", "None where unwrap() relied on Some"),
        (
            RUST,
            "panicked",
            "called `Result::unwrap()` on an `Err` value: ParseIntError { kind: Empty }",
            "Err(ParseIntError",
        ),
        (RUST, "panicked", "already borrowed: BorrowMutError", "RefCell was borrowed"),
        (RUST, "panicked", "attempt to subtract with overflow", "The subtract went past the range"),
        (RUST, "panicked", "attempt to divide by zero", "divisor was zero"),
        (RUBY, "NoMethodError", "undefined method `total' for nil:NilClass", "total was called on nil"),
        (
            RUBY,
            "NoMethodError",
            "undefined method 'sum' for an instance of Cart",
            "an instance of Cart has no method sum",
        ),
        (RUBY, "KeyError", "key not found: :count", "asked for :count"),
        (CSHARP, "System.NullReferenceException", "Object reference not set", "was null"),
        (
            CSHARP,
            "System.Collections.Generic.KeyNotFoundException",
            "The given key 'count' was not present in the dictionary.",
            "does not hold the key count",
        ),
        (CSHARP, "System.InvalidOperationException", "Sequence contains no elements", "without elements"),
        (
            CSHARP,
            "System.InvalidOperationException",
            "Collection was modified; enumeration operation may",
            "while a loop",
        ),
        (PHP, "Error", "Call to a member function total() on null", "->total() was null"),
        (PHP, "Warning", 'Undefined array key "count"', 'the key "count"'),
        (PHP, "Warning", "Undefined variable $cart", "$cart was read where"),
        (PHP, "TypeError", "f(): Argument #1 ($a) must be of type array, null given", "type null was passed for array"),
        (NATIVE, "AddressSanitizer", "heap-use-after-free on address 0x602", "after it had been freed"),
        (NATIVE, "AddressSanitizer", "stack-buffer-overflow on address 0x7ff", "past the end"),
        (NATIVE, "AddressSanitizer", "SEGV on unknown address 0x000000000000 (pc 0x55)", "null pointer"),
    ],
)
def test_what_other_runtimes_say(runtime: Runtime, error: str, message: str, meaning: str) -> None:
    assert meaning in told(runtime, error, message)


def test_an_error_that_is_not_known_is_not_explained() -> None:
    assert told(PYTHON, "shop.errors.CartError", "the cart is closed") == ""


def test_words_of_one_runtime_say_nothing_in_another() -> None:
    assert told(GO, "panic", "'NoneType' object has no attribute 'name'") == ""
