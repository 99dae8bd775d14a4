"""What stands beside the change: the right definition among many, callers, tests, and what is near in the change."""

from collections.abc import Iterable
from textwrap import dedent

import pytest

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.engine.context import Wanted, excerpt, look_around
from foureyes.engine.relations import agreement, near_files
from foureyes.git.trees import Match, MemoryTree


def imports(*modules: str, names: tuple[str, ...] = ()) -> tuple[Import, ...]:
    return tuple(Import(module, names, 1) for module in modules)


async def found(name: str, tree: dict[str, str], *, path: str = "app/views.py", **facts: object) -> str | None:
    wanted = Wanted(path, Language.PYTHON, names=(name,), **facts)  # type: ignore[arg-type]
    surroundings = await look_around([wanted], MemoryTree({key: text.encode() for key, text in tree.items()}))
    definition = surroundings.definition(name, wanted)
    return definition.label if definition else None


async def test_of_several_definitions_the_imported_one_is_meant() -> None:
    tree = {"lib/other.py": "def load_user(): ...\n", "lib/users.py": "\ndef load_user(): ...\n"}
    assert await found("load_user", tree, imports=imports("lib.users", names=("load_user",))) == "lib/users.py:2"


async def test_else_the_one_in_the_same_folder_is_meant() -> None:
    tree = {"app/models.py": "class User: ...\n", "lib/models.py": "class User: ...\n"}
    assert await found("User", tree) == "app/models.py:1"


async def test_where_too_many_are_alike_none_is_told() -> None:
    assert await found("run", {f"app/m{number}.py": "def run(): ...\n" for number in range(4)}) is None


async def test_a_common_word_from_far_away_is_not_believed() -> None:
    tree = {"lib/sessions.py": "def created(): ...\n\ndef parse_version(): ...\n\nclass Release: ...\n"}
    assert await found("created", tree) is None
    assert await found("parse_version", tree) == "lib/sessions.py:3"
    assert await found("Release", tree) == "lib/sessions.py:5"


async def test_definitions_in_tests_and_other_languages_are_not_meant() -> None:
    assert await found("Release", {"tests/helpers.py": "class Release: ...\n"}) is None
    assert await found("Release", {"web/release.ts": "class Release {}\n"}) is None


async def test_prose_and_data_that_name_a_function_do_not_call_it() -> None:
    tree = {"CHANGES.md": b"load_user() is faster\n", "data.json": b'["load_user"]\n', ".env": b"X=load_user\n"}
    surroundings = await look_around([Wanted("a.py", Language.PYTHON, changed=("load_user",))], MemoryTree(tree))
    assert surroundings.callers("load_user", "a.py") is None


async def test_a_file_that_shrank_between_search_and_read_tells_nothing() -> None:
    class Shrinking(MemoryTree):
        async def read(self, paths: Iterable[str]) -> dict[str, bytes]:
            return dict.fromkeys(paths, b"\n")

    wanted = Wanted("app/views.py", Language.PYTHON, names=("Release",))
    surroundings = await look_around([wanted], Shrinking({"app/models.py": b"\n\n\nclass Release: ...\n"}))
    assert surroundings.definition("Release", wanted) is None


async def test_all_files_get_their_first_wishes_before_any_gets_its_last() -> None:
    searched: list[str] = []

    class Noting(MemoryTree):
        async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
            searched.extend(words)
            return await super().search(searched, limit=limit)

    greedy = Wanted("a.py", Language.PYTHON, names=tuple(f"greedy_{number}" for number in range(200)))
    modest = Wanted("b.py", Language.PYTHON, names=("modest", "ab"))
    await look_around([greedy, modest], Noting({}))
    assert searched[:3] == ["greedy_0", "modest", "greedy_1"]
    assert len(searched) == 60


async def test_vendored_files_are_not_looked_at() -> None:
    assert await found("Release", {"node_modules/x/release.py": "class Release: ...\n"}) is None


async def test_the_file_itself_is_not_its_own_surroundings() -> None:
    tree = {"app/views.py": "def load_user(): ...\nload_user()\n", "app/main.py": "load_user()\n"}
    wanted = Wanted("app/views.py", Language.PYTHON, names=("load_user",), changed=("load_user",))
    surroundings = await look_around([wanted], MemoryTree({path: text.encode() for path, text in tree.items()}))
    callers = surroundings.callers("load_user", "app/views.py")
    assert surroundings.definition("load_user", wanted) is None
    assert callers is not None
    assert callers.text == "app/main.py:1: load_user()"


async def test_many_callers_are_counted_and_the_first_ones_told() -> None:
    tree = {f"app/m{number}.py": b"load_user()\n" for number in range(9)}
    surroundings = await look_around([Wanted("a.py", Language.PYTHON, changed=("load_user",))], MemoryTree(tree))
    callers = surroundings.callers("load_user", "a.py")
    assert callers is not None
    assert callers.text.splitlines()[3:] == ["app/m3.py:1: load_user()", "... and 5 more"]
    assert surroundings.tests("load_user", "a.py") is None


async def test_with_nothing_to_know_nothing_is_searched() -> None:
    class Closed(MemoryTree):
        async def search(self, words: Iterable[str], *, limit: int = 200) -> list[Match]:
            raise AssertionError(f"searched {words} up to {limit}")

    assert (await look_around([Wanted("a.py", None)], Closed({}))).callers("x", "a.py") is None


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        (
            "@cached\ndef run(a):\n    '''Doc.'''\n    return a\n\ndef other(): ...\n",
            2,
            "@cached\ndef run(a):\n    '''Doc.'''\n    return a",
        ),
        ("class A:\n    # Why.\n    def run(self):\n        pass\n    x = 1\n", 3, "# Why.\ndef run(self):\n    pass"),
        ("def long():\n" + "    x()\n" * 30, 1, "def long():\n" + "    x()\n" * 6 + "    x()"),
        ("class Wide:\n" + "    x = 1\n" * 30, 1, "class Wide:\n" + "    x = 1\n" * 14 + "    x = 1"),
    ],
)
def test_an_excerpt_is_a_definition_with_its_comment_and_first_lines(source: str, line: int, expected: str) -> None:
    assert excerpt("a.py", source.split("\n"), line, Language.PYTHON).text == expected


def test_an_excerpt_of_braces_ends_at_the_brace() -> None:
    source = dedent(
        """\
        // Runs.
        func run(a int) {
            return a
        }
        func other() {}
        """
    )
    told = excerpt("a.go", source.split("\n"), 2, Language.GO)
    assert told.text == "// Runs.\nfunc run(a int) {\n    return a\n}"


def test_tests_and_importers_are_near() -> None:
    near = near_files(
        {
            "src/app.py": imports("lib.store"),
            "src/lib/store.py": (),
            "tests/test_app.py": imports("os"),
            "docs/conf.py": imports("sphinx"),
        }
    )
    assert near["src/app.py"] == {"src/lib/store.py", "tests/test_app.py"}
    assert near["src/lib/store.py"] == {"src/app.py"}
    assert near["docs/conf.py"] == frozenset()


def test_of_modules_with_one_name_the_one_that_agrees_most_is_near() -> None:
    near = near_files({"a/models.py": (), "b/models.py": (), "c/views.py": imports("b.models")})
    assert near["c/views.py"] == {"b/models.py"}


@pytest.mark.parametrize(
    ("module", "path", "parts"),
    [
        ("a.b.c", "src/a/b/c.py", 3),
        ("a.b", "src/a/b/__init__.py", 2),
        ("./utils", "web/utils/index.ts", 1),
        ("github.com/x/pkg/http", "pkg/http/router.go", 2),
        ("crate::foo::bar", "src/foo/bar.rs", 2),
        ("App\\Models\\User", "app/Models/User.php", 3),
        ("./x.h", "include/x.h", 0),
        ("os", "src/app.py", 0),
        ("", "src/app.py", 0),
    ],
)
def test_a_module_and_a_path_agree_in_so_many_parts(module: str, path: str, parts: int) -> None:
    assert agreement(module, path) == parts
