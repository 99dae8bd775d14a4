"""ruff: defects in Python, and nothing about style."""

import json
import subprocess

import pytest
from analyzers_house import places, rules, said_by

from foureyes.analyzers import programs
from foureyes.analyzers.port import SYNTAX_ERROR, Replacement
from foureyes.analyzers.ruff import ANALYZER
from foureyes.analyzers.ruff_rules import GRADES
from foureyes.kit.severity import Category, Severity

BAD = """\
import asyncio
import subprocess
import time

import requests
import yaml


def collect(item, into=[]):
    into.append(item)
    return undefined_name


async def poll():
    time.sleep(1)
    asyncio.create_task(poll())


def run(command, text, cursor):
    subprocess.run(f"ls {command}", shell=True)
    eval(text)
    yaml.load(text)
    requests.get("https://acme.io", verify=False, timeout=3)
    cursor.execute(f"SELECT * FROM users WHERE name = '{text}'")
    try:
        run(1, 2, 3)
    except:
        pass
    assert (text, "message")
    "%s %s" % (1,)
    raise NotImplemented


def loop(items):
    for item in items:
        items.remove(item)
    for item in items:
        items.append(item)
    return [lambda: item for item in items]
"""

FOUND = {
    (9, "B006"), (11, "F821"), (15, "ASYNC251"), (16, "RUF006"), (20, "S602"), (21, "S307"), (22, "S506"), (23, "S501"),
    (24, "S608"), (27, "E722"), (27, "S110"), (29, "F631"), (30, "F507"), (31, "F901"), (36, "B909"),
}  # fmt: skip

CLEAN = '''\
"""A module that is longer than it needs to be, and has no defect."""

import os
from subprocess import run as execute


def first(items: list[int]) -> int | None:
    if len(items) == 0:
        return None
    else:
        return items[0]


def listing(directory: str = ".") -> str:
    result = execute(["/bin/ls", directory], capture_output=True, check=True)
    return result.stdout.decode()


class Thing(object):
    names = ["a", "b"]

    def __init__(self, value, another = None):
        self.value = value;self.another = another
        print("made", os.getpid())
'''


async def test_defects_are_found_on_their_lines() -> None:
    assert set(places(await said_by(ANALYZER, {"app.py": BAD}))) >= FOUND


async def test_style_is_nobodys_business() -> None:
    assert places(await said_by(ANALYZER, {"app.py": CLEAN})) == []


async def test_a_finding_has_a_title_a_reason_a_page_and_a_grade() -> None:
    (found,) = await said_by(ANALYZER, {"app.py": "def f(x=[]):\n    return x\n"})
    assert found.message == "Do not use mutable data structures for argument defaults"
    assert found.explanation == "The default is made once and shared: what one call puts into it, the next call finds."
    assert found.url == "https://docs.astral.sh/ruff/rules/mutable-argument-default"
    assert (found.severity, found.category) == (Severity.MEDIUM, Category.BUG)


async def test_a_fix_replaces_whole_lines() -> None:
    (found,) = await said_by(ANALYZER, {"app.py": "def f(x=[]):\n    return x\n"})
    assert found.replacement == Replacement(1, 1, ("def f(x=None):", "    if x is None:", "        x = []"))


async def test_a_broken_file_has_one_syntax_error() -> None:
    (found,) = await said_by(ANALYZER, {"app.py": "def f(:\n  x = = 3\n\treturn\n"})
    assert (found.rule, found.start_line, found.severity) == (SYNTAX_ERROR, 1, Severity.CRITICAL)


async def test_a_command_that_is_a_constant_is_no_injection() -> None:
    assert await said_by(ANALYZER, {"app.py": "import os\n\nos.system('ls')\n"}) == []


async def test_tests_may_do_what_programs_may_not() -> None:
    source = "import hashlib\n\n\ndef test_x():\n    password = 'hunter2'\n    assert hashlib.md5(password.encode())\n"
    assert places(await said_by(ANALYZER, {"tests/test_x.py": source})) == []
    assert rules(await said_by(ANALYZER, {"app.py": source})) == {"S105", "S324"}


@pytest.mark.parametrize(
    "source",
    [
        "TOKEN_GRANT = 'refresh_token'\n",
        "password = 'password'\n",
        "try:\n    import a\nexcept ImportError:\n    import b as a\n",
        "from m import a\nfrom n import a\n\nprint(a)\n",
        "def f(queue):\n    for item in queue:\n        queue.append(item)\n",
    ],
)
async def test_words_imports_and_queues_are_no_defects(source: str) -> None:
    assert places(await said_by(ANALYZER, {"app.py": source})) == []


async def test_a_function_that_is_written_twice_is_one_lost() -> None:
    source = "def f():\n    return 1\n\n\ndef f():\n    return 2\n"
    assert places(await said_by(ANALYZER, {"app.py": source})) == [(5, "F811")]


@pytest.mark.parametrize("source", [b"x = '\xff\xfe'\n", b"x = 1\0\n"])
async def test_what_is_no_text_is_not_claimed_to_be_looked_at(source: bytes) -> None:
    assert await said_by(ANALYZER, {"app.py": source}) == []


async def test_windows_line_ends_and_a_byte_order_mark_do_not_move_lines() -> None:
    assert places(await said_by(ANALYZER, {"app.py": "\ufeffx = 1\r\ny = undefined\r\n"})) == [(2, "F821")]


def test_every_rule_of_the_table_exists_and_is_selected_by_its_own_name() -> None:
    listed = subprocess.run(
        [str(programs.find("ruff")), "rule", "--all", "--output-format", "json"], capture_output=True, check=True
    )
    known = {rule["code"]: rule for rule in json.loads(listed.stdout)}
    assert GRADES.keys() - known.keys() == set()
    assert [
        code for code in GRADES if "Removed" in known[code]["status"] or "Deprecated" in known[code]["status"]
    ] == []


def test_every_rule_says_why() -> None:
    assert [code for code, grade in GRADES.items() if not grade.why.endswith(".")] == []
