"""What each file tells about itself, and the map that is made of it: sizes, branches, rooms, the same each time."""

import json
import random

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.code.languages import Language
from foureyes.engine.architecture.churn import Churn
from foureyes.engine.architecture.facts import FileFacts, dump_facts, load_facts, pack, read_facts, unpack
from foureyes.engine.architecture.links import between_rooms, dependencies
from foureyes.engine.architecture.map import map_repository
from foureyes.engine.architecture.report import architecture_report, architecture_schema
from foureyes.engine.architecture.rooms import room_of_files
from foureyes.engine.architecture.values import Architecture, Room
from foureyes.git.trees import MemoryTree


@pytest.mark.parametrize(
    ("path", "text", "language", "package"),
    [
        ("App.java", "/* shop */\npackage com.acme.shop;\n", Language.JAVA, "com.acme.shop"),
        ("App.kt", "package com.acme\n", Language.KOTLIN, "com.acme"),
        ("App.scala", "package com.acme\n", Language.SCALA, "com.acme"),
        ("App.cs", "using System;\nnamespace Shop.Carts;\n", Language.CSHARP, "Shop.Carts"),
        ("App.cs", "namespace Shop\n{\n}\n", Language.CSHARP, "Shop"),
        ("App.php", "<?php\n\nnamespace App\\Models;\n", Language.PHP, "App\\Models"),
        ("App.php", "<?php namespace App;\n", Language.PHP, "App"),
        ("App.php", "<?php\necho 1;\n", Language.PHP, ""),
        ("app.py", "package = 1\n", Language.PYTHON, ""),
        ("app.go", "package main\n", Language.GO, ""),
    ],
)
def test_a_file_tells_its_language_and_the_package_that_it_declares(
    path: str, text: str, language: Language, package: str
) -> None:
    facts = read_facts(path, text.encode())
    assert facts is not None
    assert (facts.language, facts.package, facts.parsed) == (language, package, True)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", b"# Shop\n"),
        ("data.json", b"{}"),
        ("site.css", b"a {}"),
        ("Dockerfile", b"FROM scratch\n"),
        ("Makefile", b"all:\n"),
        ("schema.sql", b"select 1;\n"),
        ("pyproject.toml", b"[project]\n"),
        ("LICENSE", b"MIT\n"),
        ("logo.png", b"\x89PNG\0"),
        ("app.py", b"x = 1\0\n"),
    ],
)
def test_what_describes_or_is_no_text_is_no_code(path: str, content: bytes) -> None:
    assert read_facts(path, content) is None


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"", 0), (b"x", 1), (b"x\n", 1), (b"x\ny", 2), (b"\n\n", 2), (b"\xff\n", 1), (b"x\r\ny\r\n", 2)],
)
def test_lines_are_counted_as_an_editor_counts_them(content: bytes, lines: int) -> None:
    facts = read_facts("a.py", content)
    assert facts is not None
    assert facts.lines == lines


def branches(head: str, branch: str, tail: str) -> str:
    return head + "".join(branch.replace("N", str(number)) for number in range(12)) + tail


BRANCHED = {
    "a.py": branches("def pick(n):\n", "    if n == N:\n        return N\n", ""),
    "a.js": branches("function pick(n) {\n", "  if (n === N) { return N; }\n", "}\n"),
    "a.ts": branches("function pick(n: number): number {\n", "  if (n === N) { return N; }\n", "  return 0;\n}\n"),
    "a.go": branches("package a\n\nfunc pick(n int) int {\n", "\tif n == N {\n\t\treturn N\n\t}\n", "\treturn 0\n}\n"),
    "a.rs": branches("fn pick(n: i32) -> i32 {\n", "    if n == N { return N; }\n", "    0\n}\n"),
    "A.java": branches("class A {\n  int pick(int n) {\n", "    if (n == N) return N;\n", "    return 0;\n  }\n}\n"),
    "a.c": branches("int pick(int n) {\n", "  if (n == N) return N;\n", "  return 0;\n}\n"),
    "a.rb": branches("def pick(n)\n", "  return N if n == N\n", "end\n"),
    "A.cs": branches("class A {\n  int pick(int n) {\n", "    if (n == N) return N;\n", "    return 0;\n  }\n}\n"),
    "a.php": branches("<?php\nfunction pick($n) {\n", "  if ($n == N) { return N; }\n", "}\n"),
}


@pytest.mark.parametrize("path", BRANCHED)
def test_a_function_with_many_branches_is_found_in_every_language(path: str) -> None:
    facts = read_facts(path, BRANCHED[path].encode())
    assert facts is not None
    (hot,) = facts.functions
    assert hot.name.endswith("pick")
    assert hot.complexity == 13
    assert BRANCHED[path].split("\n")[hot.line - 1].strip().startswith(("def", "func", "fn", "int"))


def test_many_small_functions_are_no_hot_function() -> None:
    text = "".join(f"def f{number}(n):\n    return 1 if n else 2\n\n\n" for number in range(20))
    facts = read_facts("a.py", text.encode())
    assert facts is not None
    assert facts.complexity > 20
    assert facts.functions == ()


CONTENTS = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), st.binary(max_size=40)))


@given(CONTENTS)
def test_packed_files_come_out_as_they_went_in(files: list[tuple[str, bytes]]) -> None:
    assert list(unpack(pack(files))) == files


@given(st.sampled_from(sorted(BRANCHED)), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_facts_of_any_text_travel_whole(path: str, text: str) -> None:
    facts = read_facts(path, text.encode())
    if facts is not None:
        assert load_facts(dump_facts([facts])) == [facts]


SIZES = {
    "setup.py": 20,
    "shop/__init__.py": 1,
    "shop/cart/lines.py": 300,
    "shop/cart/total.py": 200,
    "shop/tax/rates.py": 90,
    "tests/test_cart.py": 400,
}


@pytest.mark.parametrize(
    ("most", "rooms"),
    [
        (1, {"./*", "shop", "tests"}),
        (3, {"./*", "shop", "tests"}),
        (5, {"./*", "shop/*", "shop/cart", "shop/tax", "tests"}),
        (24, {"./*", "shop/*", "shop/cart", "shop/tax", "tests"}),
    ],
)
def test_folders_are_opened_as_far_as_there_is_room_on_the_map(most: int, rooms: set[str]) -> None:
    assert set(room_of_files(SIZES, most=most).values()) == rooms


def test_files_without_any_folder_are_one_room() -> None:
    assert set(room_of_files({"a.py": 1, "b.py": 2}).values()) == {"."}


def test_no_files_are_no_rooms() -> None:
    assert room_of_files({}) == {}


@pytest.mark.parametrize(
    ("uses", "used_by", "instability"), [(0, 0, None), (0, 3, 0.0), (3, 0, 1.0), (1, 2, 0.33), (1, 1, 0.5)]
)
def test_instability_is_the_part_of_its_arrows_that_leave_a_room(
    uses: int, used_by: int, instability: float | None
) -> None:
    assert Room("a", 1, 1, 1, uses, used_by, 0).instability == instability


SHOP = {
    "go.mod": "module shop\n",
    "api/api.go": 'package api\n\nimport (\n\t"shop/core"\n\t"shop/store"\n)\n',
    "core/core.go": 'package core\n\nimport "shop/store"\n',
    "store/store.go": "package store\n",
    "store/sql.go": 'package store\n\nimport "shop/api"\n',
    "web/src/app.ts": "import { cart } from './cart'\n",
    "web/src/cart.ts": "import { app } from './app'\n",
    "tools/build.py": BRANCHED["a.py"],
    "web/package-lock.json": "{}",
    "caf\udce9/x.py": "import os\n",
}


async def mapped(files: dict[str, str], *, most_rooms: int = 24) -> Architecture:
    tree = MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()})
    return await map_repository(tree, churn=Churn(9, {"tools/build.py": 4}), most_rooms=most_rooms)


async def test_a_folder_that_is_imported_is_an_arrow_to_its_room_with_its_line() -> None:
    arrows = {(each.source, each.target): each for each in (await mapped(SHOP)).arrows}
    assert set(arrows) == {("api", "core"), ("api", "store"), ("core", "store"), ("store", "api")}
    assert [(place.path, place.line) for place in arrows["store", "api"].evidence] == [("store/sql.go", 3)]
    assert [pair for pair, arrow in arrows.items() if arrow.up] == [("store", "api")]


async def test_files_that_import_each_other_are_a_cycle_though_they_share_a_room() -> None:
    found = await mapped(SHOP)
    assert [cycle.members for cycle in found.file_cycles] == [("web/src/app.ts", "web/src/cart.ts")]
    assert [cycle.members for cycle in found.room_cycles] == [("api", "core", "store")]


async def test_floors_hold_every_room_once_from_the_top_down() -> None:
    found = await mapped(SHOP)
    assert sorted(name for floor in found.floors for name in floor) == sorted(room.name for room in found.rooms)
    heights = {room.name: room.floor for room in found.rooms}
    assert all(heights[arrow.source] > heights[arrow.target] for arrow in found.arrows if not arrow.up)


async def test_a_map_is_the_same_whatever_the_order_of_files() -> None:
    one = architecture_report(await mapped(SHOP))
    for seed in range(5):
        shuffled = random.Random(seed).sample(sorted(SHOP.items()), len(SHOP))
        assert architecture_report(await mapped(dict(shuffled))) == one


@pytest.mark.parametrize("most", [1, 3, 24])
async def test_the_report_fits_its_schema_and_can_be_written(most: int) -> None:
    report = architecture_report(await mapped(SHOP, most_rooms=most))
    jsonschema.Draft202012Validator.check_schema(architecture_schema())
    jsonschema.validate(report, architecture_schema())
    assert json.loads(json.dumps(report)) == report


async def test_an_empty_repository_has_no_floors() -> None:
    found = await mapped({})
    assert (found.files, found.rooms, found.floors, found.arrows_up) == (0, (), (), ())


def test_evidence_comes_from_different_files_before_it_repeats_one() -> None:
    texts = {
        "a/x.py": "import b.m\nimport b.n\nimport b.m\n",
        "a/y.py": "import b.m\n",
        "b/m.py": "",
        "b/n.py": "",
    }
    files = [facts for path, text in texts.items() if (facts := read_facts(path, text.encode()))]
    rooms = between_rooms({facts.path: facts.path[0] for facts in files}, dependencies(files, {}))
    assert [(place.path, place.line) for place in rooms.evidence("a", "b")] == [
        ("a/x.py", 1),
        ("a/y.py", 1),
        ("a/x.py", 2),
    ]


def test_a_language_without_a_resolver_has_no_arrows() -> None:
    files = [FileFacts("a.lua", Language.LUA, 1), FileFacts("b.lua", Language.LUA, 1)]
    assert dependencies(files, {}) == []
