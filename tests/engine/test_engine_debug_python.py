"""What Python and its test runners print, from a plain traceback to groups, notes and collected logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.values import Runtime, StackTrace


def places(trace: StackTrace) -> list[str]:
    return [f"{frame.path}:{frame.line} {frame.function}".strip() for frame in trace.frames]


DJANGO = """\
Internal Server Error: /orders/17/
Traceback (most recent call last):
  File "/usr/local/lib/python3.11/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
               ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.11/site-packages/django/core/handlers/base.py", line 197, in _get_response
    response = wrapped_callback(request, *callback_args, **callback_kwargs)
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/app/orders/views.py", line 31, in detail
    order = Order.objects.get(pk=pk)
            ^^^^^^^^^^^^^^^^^^^^^^^^
orders.models.Order.DoesNotExist: Order matching query does not exist.
"""

SQLALCHEMY = """\
Traceback (most recent call last):
  File "/venv/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 1964, in _exec_single_context
    self.dialect.do_execute(
  File "/venv/lib/python3.12/site-packages/sqlalchemy/engine/default.py", line 945, in do_execute
    cursor.execute(statement, parameters)
sqlite3.IntegrityError: UNIQUE constraint failed: users.email

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/users/register.py", line 22, in register
    session.commit()
  File "/venv/lib/python3.12/site-packages/sqlalchemy/orm/session.py", line 2032, in commit
    trans.commit(_to_root=True)
sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) UNIQUE constraint failed: users.email
[SQL: INSERT INTO users (email) VALUES (?)]
[parameters: ('a@example.org',)]
"""

WHILE_HANDLING = """\
Traceback (most recent call last):
  File "/srv/app/config.py", line 9, in load
    return json.loads(text)
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/main.py", line 4, in <module>
    config = load("settings.json")
  File "/srv/app/config.py", line 11, in load
    log.warn_about(path)
AttributeError: 'Logger' object has no attribute 'warn_about'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/main.py", line 6, in <module>
    sys.exit(explain())
NameError: name 'explain' is not defined
"""

RECURSION = """\
Traceback (most recent call last):
  File "tree.py", line 12, in <module>
    depth(root)
  File "tree.py", line 8, in depth
    return 1 + max(depth(child) for child in node.children)
  File "tree.py", line 8, in <genexpr>
    return 1 + max(depth(child) for child in node.children)
  File "tree.py", line 8, in depth
    return 1 + max(depth(child) for child in node.children)
  [Previous line repeated 987 more times]
RecursionError: maximum recursion depth exceeded
"""

INDENTED = """\
    Traceback (most recent call last):
      File "job.py", line 3, in run
        step()
    ValueError: indented by a bug tracker
"""

WINDOWS = """\
Traceback (most recent call last):
  File "C:\\Users\\ada\\shop\\cart.py", line 14, in total
    return sum(item.price for item in items)
  File "C:\\Users\\ada\\shop\\cart.py", line 14, in <genexpr>
    return sum(item.price for item in items)
AttributeError: 'dict' object has no attribute 'price'
"""

NOTEBOOK = """\
Traceback (most recent call last):
  File "/tmp/ipykernel_731/1443278.py", line 1, in <module>
    frame.groupby("city").sum()
  File "/srv/app/analysis/frames.py", line 88, in groupby
    raise KeyError(name)
KeyError: 'city'
"""

NOTED = """\
Traceback (most recent call last):
  File "import_orders.py", line 41, in <module>
    load(row)
  File "import_orders.py", line 30, in load
    price = Decimal(row["price"])
decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]
While reading row 17
The file was orders.csv
"""


@pytest.mark.parametrize(
    ("text", "headline", "frames"),
    [
        (
            DJANGO,
            "orders.models.Order.DoesNotExist: Order matching query does not exist.",
            [
                "/srv/app/orders/views.py:31 detail",
                "/usr/local/lib/python3.11/site-packages/django/core/handlers/base.py:197 _get_response",
                "/usr/local/lib/python3.11/site-packages/django/core/handlers/exception.py:55 inner",
            ],
        ),
        (
            RECURSION,
            "RecursionError: maximum recursion depth exceeded",
            ["tree.py:8 depth", "tree.py:12 <module>"],
        ),
        (
            WINDOWS,
            "AttributeError: 'dict' object has no attribute 'price'",
            ["C:\\Users\\ada\\shop\\cart.py:14 total"],
        ),
        (
            NOTEBOOK,
            "KeyError: 'city'",
            ["/srv/app/analysis/frames.py:88 groupby", "/tmp/ipykernel_731/1443278.py:1 <module>"],
        ),
        (
            NOTED,
            "decimal.InvalidOperation: [<class 'decimal.ConversionSyntax'>]",
            ["import_orders.py:30 load", "import_orders.py:41 <module>"],
        ),
    ],
    ids=["django", "recursion", "windows", "notebook", "notes"],
)
def test_a_traceback_of_python_is_read_from_the_inside_out(text: str, headline: str, frames: list[str]) -> None:
    (trace,) = parse_traces(text)
    assert trace.runtime is Runtime.PYTHON
    assert trace.headline == headline
    assert places(trace) == frames


def test_a_direct_cause_comes_before_what_it_caused() -> None:
    cause, effect = parse_traces(SQLALCHEMY)
    assert cause.headline == "sqlite3.IntegrityError: UNIQUE constraint failed: users.email"
    assert effect.error == "sqlalchemy.exc.IntegrityError"
    assert [frame.line for frame in effect.frames] == [2032, 22]


def test_each_of_three_exceptions_in_a_row_keeps_its_own_frames() -> None:
    assert [(trace.error, [frame.line for frame in trace.frames]) for trace in parse_traces(WHILE_HANDLING)] == [
        ("json.decoder.JSONDecodeError", [346, 9]),
        ("AttributeError", [11, 4]),
        ("NameError", [6]),
    ]


@pytest.mark.parametrize(
    ("quoted", "kept"),
    [
        ("    return 1 / 0\n           ~~^~~\n", "return 1 / 0"),
        ("    ^^^^^^^^\n", ""),
        ("", ""),
        ('  File "other.py", line 4, in f\n', ""),
    ],
    ids=["with carets", "carets alone", "no source", "next frame"],
)
def test_only_source_is_kept_as_the_quoted_line(quoted: str, kept: str) -> None:
    text = f'  File "a.py", line 2, in g\n{quoted}ZeroDivisionError: division by zero\n'
    (trace,) = parse_traces(text)
    assert [frame.quoted for frame in trace.frames if frame.path == "a.py"] == [kept]


@pytest.mark.parametrize(
    "prefix",
    [
        "web-1  | ",
        "shop_worker_1 | ",
        "2024-03-01T10:11:12.345Z ",
        "2024-03-01 10:11:12,345 ",
        "api | 2024-03-01T10:11:12+00:00 ",
        "  | ",
    ],
)
def test_what_a_log_collector_puts_before_lines_is_taken_off(prefix: str) -> None:
    bare = 'Traceback (most recent call last):\n  File "a.py", line 2, in g\n    f()\nKeyError: 3'
    told = "\n".join(prefix + line for line in bare.split("\n"))
    assert parse_traces(told) == parse_traces(bare)


@pytest.mark.parametrize(
    "shape",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\\n").replace('"', '\\"'),
        lambda text: f"\x1b[31m{text}\x1b[0m",
        lambda text: text.replace("File", "\x1b[35mFile\x1b[0m"),
        lambda text: f"I ran the tests and saw this:\n\n{text}\nCan someone help?\n",
    ],
    ids=["crlf", "json string", "red", "coloured words", "in a mail"],
)
def test_how_a_traceback_was_copied_does_not_matter(shape: object) -> None:
    assert callable(shape)
    (trace,) = parse_traces(shape(NOTEBOOK))
    assert trace.headline == "KeyError: 'city'"
    assert [frame.line for frame in trace.frames] == [88, 1]


def test_a_message_that_begins_on_the_next_line_does_not_hide_its_error() -> None:
    (trace,) = parse_traces('  File "model.py", line 3, in fit\nValueError: \nshapes (2,3) and (4,5) not aligned\n')
    assert (trace.error, trace.message) == ("ValueError", "")


def test_a_traceback_that_was_cut_before_its_error_still_has_frames() -> None:
    cut = DJANGO[: DJANGO.index("orders.models")]
    (trace,) = parse_traces(cut)
    assert trace.error == ""
    assert places(trace)[0] == "/srv/app/orders/views.py:31 detail"


def test_a_traceback_that_was_cut_at_its_start_still_has_its_error() -> None:
    cut = DJANGO[DJANGO.index("base.py") + 30 :]
    (trace,) = parse_traces(cut)
    assert trace.error.endswith("DoesNotExist")
    assert places(trace) == ["/srv/app/orders/views.py:31 detail"]


def test_traces_that_no_error_names_are_left_out_where_others_are_named() -> None:
    threads = 'Thread 0x1 (most recent call first):\n  File "idle.py", line 3 in wait\n\n'
    assert [trace.error for trace in parse_traces(threads + RECURSION)] == ["RecursionError"]


PYTEST_SHORT = """\
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total - assert 3 == 4
"""

PYTEST_LONG = """\
=================================== FAILURES ===================================
__________________________________ test_total __________________________________

    def test_total():
>       assert total([1, 2]) == 4
E       assert 3 == 4
E        +  where 3 = total([1, 2])

tests/test_cart.py:5: AssertionError
_________________________________ test_refund __________________________________

    def test_refund():
>       refund(None)

tests/test_cart.py:9:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

order = None

    def refund(order):
>       return order.total
E       AttributeError: 'NoneType' object has no attribute 'total'

shop/cart.py:2: AttributeError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total - assert 3 == 4
FAILED tests/test_cart.py::test_refund - AttributeError: 'NoneType' object ha...
"""


def test_each_failed_test_of_a_run_is_a_trace() -> None:
    failed, broken = parse_traces(PYTEST_LONG)
    assert places(failed) == ["tests/test_cart.py:5"]
    assert broken.headline == "AttributeError: 'NoneType' object has no attribute 'total'"
    assert places(broken) == ["shop/cart.py:2", "tests/test_cart.py:9"]


def test_a_summary_alone_names_no_line() -> None:
    assert parse_traces(PYTEST_SHORT) == ()


def test_of_very_many_traces_the_last_are_kept() -> None:
    text = "\n".join(f'  File "a.py", line {number}, in f\nKeyError: {number}' for number in range(1, 60))
    traces = parse_traces(text)
    assert [trace.message for trace in traces] == [str(number) for number in range(40, 60)]


def test_of_very_many_frames_the_innermost_are_kept() -> None:
    text = "".join(f'  File "deep.py", line {number}, in f\n' for number in range(1, 1000)) + "RecursionError: deep\n"
    (trace,) = parse_traces(text)
    assert [frame.line for frame in trace.frames] == list(range(999, 799, -1))


NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,3}\.py", fullmatch=True)
FRAMES = st.lists(
    st.tuples(NAMES, st.integers(1, 99_999), st.sampled_from(["f", "<module>", "Cart.total"])), min_size=1
)


@given(FRAMES, st.sampled_from(["KeyError", "shop.errors.CartError"]), st.text("abc é'\"-", max_size=30))
def test_what_is_printed_in_pythons_way_is_read_back(
    frames: list[tuple[str, int, str]], error: str, message: str
) -> None:
    unique = [each for number, each in enumerate(frames) if not number or each[:2] != frames[number - 1][:2]]
    printed = "".join(f'  File "{path}", line {line}, in {function}\n    pass\n' for path, line, function in unique)
    (trace,) = parse_traces(f"Traceback (most recent call last):\n{printed}{error}: {message}\n")
    assert (trace.error, trace.message) == (error, message.strip())
    assert [(each.path, each.line, each.function) for each in trace.frames] == unique[::-1][:200]
