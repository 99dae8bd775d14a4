"""Which file a Python import means, in repositories laid out as people lay them out."""

import pytest
from engine_arrows import arrows_of, targets_of
from hypothesis import given
from hypothesis import strategies as st

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.architecture.facts import FileFacts
from foureyes.engine.architecture.resolvers.port import Index, folders_above, joined
from foureyes.engine.architecture.resolvers.python import PythonResolver

PACKAGE = {
    "src/shop/__init__.py": "",
    "src/shop/errors.py": "",
    "src/shop/cart/__init__.py": "",
    "src/shop/cart/lines.py": "",
    "src/shop/cart/total.py": "",
    "src/shop/tax/__init__.py": "",
    "src/shop/tax/rates.py": "",
    "src/shop/typed.pyi": "",
}


@pytest.mark.parametrize(
    ("statement", "targets"),
    [
        ("import shop.cart.lines", ["src/shop/cart/lines.py"]),
        ("import shop.cart.lines as lines, shop.errors", ["src/shop/cart/lines.py", "src/shop/errors.py"]),
        ("import shop", ["src/shop/__init__.py"]),
        ("from shop import cart", ["src/shop/cart/__init__.py"]),
        ("from shop import cart, VERSION", ["src/shop/cart/__init__.py", "src/shop/__init__.py"]),
        ("from shop.cart import lines, total", ["src/shop/cart/lines.py", "src/shop/cart/total.py"]),
        ("from shop.cart.lines import Line", ["src/shop/cart/lines.py"]),
        ("from shop.cart import *", ["src/shop/cart/__init__.py"]),
        ("from . import lines", ["src/shop/cart/lines.py"]),
        ("from .lines import Line", ["src/shop/cart/lines.py"]),
        ("from .. import errors", ["src/shop/errors.py"]),
        ("from ..tax.rates import RATE as R", ["src/shop/tax/rates.py"]),
        ("from ..tax import (\n    rates,  # the rates\n)", ["src/shop/tax/rates.py"]),
        ("from shop import typed", ["src/shop/typed.pyi"]),
        ("def f():\n    from shop import errors\n", ["src/shop/errors.py"]),
        (
            "if True:\n    import shop.errors\nelse:\n    import shop.tax\n",
            ["src/shop/errors.py", "src/shop/tax/__init__.py"],
        ),
        ("import os, sys, json", []),
        ("from shop.missing import x", []),
        ("from ....... import x", []),
        ("import errors", []),
        ("import shopping", []),
        ("'import shop'", []),
        ("# import shop", []),
    ],
)
async def test_an_import_of_python_means_the_file_that_python_would_load(statement: str, targets: list[str]) -> None:
    assert await targets_of("src/shop/cart/view.py", statement + "\n", PACKAGE) == targets


@pytest.mark.parametrize("root", ["", "src/", "lib/", "backend/api/"])
async def test_the_source_root_may_be_any_folder_around_a_package(root: str) -> None:
    files = {f"{root}shop/__init__.py": "", f"{root}shop/cart.py": "from shop import tax\n", f"{root}shop/tax.py": ""}
    assert await arrows_of(files) == [f"{root}shop/cart.py:1 -> {root}shop/tax.py"]


async def test_two_projects_of_one_repository_do_not_reach_into_each_other() -> None:
    files = {
        f"{project}/{name}": text
        for project in ("billing", "stock")
        for name, text in {"app/__init__.py": "", "app/main.py": "from app import db\n", "app/db.py": ""}.items()
    }
    assert await arrows_of(files) == [
        "billing/app/main.py:1 -> billing/app/db.py",
        "stock/app/main.py:1 -> stock/app/db.py",
    ]


async def test_a_script_that_may_mean_either_of_two_packages_is_not_guessed_for() -> None:
    files = {
        "billing/app/__init__.py": "",
        "stock/app/__init__.py": "",
        "scripts/run.py": "import app\n",
    }
    assert await arrows_of(files) == []


async def test_a_test_finds_the_only_package_of_that_name() -> None:
    files = {
        "backend/app/__init__.py": "",
        "backend/app/db.py": "",
        "backend/tests/test_db.py": "from app.db import connect\n",
    }
    assert await arrows_of(files) == ["backend/tests/test_db.py:1 -> backend/app/db.py"]


async def test_folders_without_an_init_file_are_packages_below_a_root() -> None:
    files = {"src/shop/cart.py": "from shop.deep.tax import rate\n", "src/shop/deep/tax.py": ""}
    assert await arrows_of(files) == ["src/shop/cart.py:1 -> src/shop/deep/tax.py"]


async def test_scripts_side_by_side_import_each_other() -> None:
    files = {"tools/build.py": "import paths\nfrom paths import ROOT\n", "tools/paths.py": ""}
    assert await arrows_of(files) == ["tools/build.py:1 -> tools/paths.py", "tools/build.py:2 -> tools/paths.py"]


async def test_a_module_wins_over_a_folder_of_the_same_name() -> None:
    files = {"shop/__init__.py": "", "shop/cart.py": "", "shop/cart/__init__.py": "", "shop/a.py": "import shop.cart\n"}
    assert await arrows_of(files) == ["shop/a.py:1 -> shop/cart.py"]


async def test_a_module_that_imports_itself_makes_no_arrow() -> None:
    assert await arrows_of({"shop/__init__.py": "from shop import __version__\n"}) == []


async def test_generated_modules_are_no_part_of_the_map() -> None:
    files = {"shop/__init__.py": "", "shop/api.py": "from shop import api_pb2\n", "shop/api_pb2.py": ""}
    assert await arrows_of(files) == ["shop/api.py:1 -> shop/__init__.py"]


MODULES = st.from_regex(r"\.{0,4}([a-c]{1,2}(\.[a-c]{1,2}){0,3})?", fullmatch=True)
PATHS = st.lists(st.from_regex(r"([a-c]{1,2}/){0,3}([a-c]{1,2}|__init__)\.py", fullmatch=True), min_size=1, max_size=12)


@given(PATHS, MODULES, st.lists(st.sampled_from(["a", "b", "*"]), max_size=2))
def test_whatever_is_imported_only_files_that_exist_are_meant(paths: list[str], module: str, names: list[str]) -> None:
    files = [FileFacts(path, Language.PYTHON, 1) for path in paths]
    resolver = PythonResolver(Index(files))
    for source in files:
        assert set(resolver.targets(source, Import(module, tuple(names), 1))) <= set(paths)


@given(PATHS, MODULES)
def test_the_order_of_the_files_does_not_change_what_is_meant(paths: list[str], module: str) -> None:
    paths = sorted(set(paths))
    used = Import(module, (), 1)
    source = FileFacts(paths[0], Language.PYTHON, 1)
    one, other = (
        PythonResolver(Index(FileFacts(path, Language.PYTHON, 1) for path in order)) for order in (paths, paths[::-1])
    )
    assert list(one.targets(source, used)) == list(other.targets(source, used))


@pytest.mark.parametrize(
    ("folder", "relative", "path"),
    [
        ("a/b", "./c", "a/b/c"),
        ("a/b", "../c", "a/c"),
        ("", "c", "c"),
        ("a", "..", ""),
        ("a", "../..", ".."),
        ("a", "/c", "/c"),
        ("a", "b//c/./d", "a/b/c/d"),
    ],
)
def test_a_relative_path_is_counted_from_its_folder(folder: str, relative: str, path: str) -> None:
    assert joined(folder, relative) == path


def test_the_folders_above_a_path_end_at_the_root() -> None:
    assert list(folders_above("a/b/c.py")) == ["a/b", "a", ""]
    assert list(folders_above("c.py")) == [""]


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("cart.h", None),
        ("shop/cart.h", "include/shop/cart.h"),
        ("op/cart.h", None),
        ("include/shop/cart.h", "include/shop/cart.h"),
        ("tax.h", "tax.h"),
        ("missing.h", None),
    ],
)
def test_the_end_of_a_path_names_a_file_when_only_one_ends_so(end: str, found: str | None) -> None:
    files = [FileFacts(path, Language.C, 1) for path in ("include/shop/cart.h", "old/cart.h", "tax.h")]
    assert Index(files).ending(end) == found
