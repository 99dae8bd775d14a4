"""Which files tell how a project is written, and for which of the changed files they do."""

import pytest

from foureyes.engine.conventions import conventions_for, is_convention
from foureyes.engine.policy import ContextPolicy
from foureyes.git.trees import MemoryTree


@pytest.mark.parametrize(
    ("path", "convention"),
    [
        ("AGENTS.md", True),
        ("CLAUDE.md", True),
        ("deep/inside/AGENTS.md", True),
        (".cursorrules", True),
        (".cursor/rules/style.mdc", True),
        (".cursor/rules/python/style.md", True),
        (".github/copilot-instructions.md", True),
        (".github/instructions/tests.instructions.md", True),
        ("docs/CONTRIBUTING.md", True),
        ("docs/house/style.md", True),
        ("agents.md", False),
        ("deep/.cursorrules", False),
        ("deep/CONTRIBUTING.md", False),
        (".cursor/rules/style.txt", False),
        (".github/instructions/readme.md", False),
        ("README.md", False),
    ],
)
def test_some_names_are_those_of_conventions(path: str, *, convention: bool) -> None:
    assert is_convention(path, ContextPolicy(files=("docs/house/",))) is convention


async def told(changed: list[str], files: dict[str, str]) -> dict[str, str]:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    found = await conventions_for(changed, tree, sorted(files), ContextPolicy())
    return {convention.path: convention.text for convention in found}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Be brief.\n", "Be brief."),
        ("---\ndescription: style\n---\nBe brief.\n", "Be brief."),
        ("---\nglobs: *.py\n---\n\n\nBe brief.\n", "Be brief."),
        ("---\nnever closed\nBe brief.\n", "---\nnever closed\nBe brief."),
        ("Be brief.\n---\nglobs: *.ts\n---\n", "Be brief.\n---\nglobs: *.ts\n---"),
    ],
    ids=["plain", "matter", "globs", "open matter", "matter further down"],
)
async def test_front_matter_is_taken_off_where_it_is_some(text: str, left: str) -> None:
    assert await told(["a.py"], {"AGENTS.md": text}) == {"AGENTS.md": left}


async def test_rules_for_other_files_are_left_out() -> None:
    files = {
        ".cursor/rules/py.mdc": "---\nglobs: **/*.py\n---\nPython.",
        ".cursor/rules/ts.mdc": "---\nglobs: **/*.ts\n---\nTypeScript.",
        ".github/instructions/api.instructions.md": '---\napplyTo: "api/**"\n---\nRoutes.',
    }
    assert set((await told(["web/a.ts"], files)).values()) == {"TypeScript."}
    assert set((await told(["api/a.py"], files)).values()) == {"Python.", "Routes."}


@pytest.mark.parametrize("text", ["", "  \n\n", "---\nglobs:\n---\n"])
async def test_what_says_nothing_is_not_told(text: str) -> None:
    assert await told(["a.py"], {"AGENTS.md": text}) == {}


async def test_folders_beside_the_change_are_not_asked() -> None:
    files = {"api/AGENTS.md": "api", "api/v1/CLAUDE.md": "v1", "web/AGENTS.md": "web"}
    assert list(await told(["api/v1/a.py"], files)) == ["api/AGENTS.md", "api/v1/CLAUDE.md"]


async def test_one_endless_line_is_left_out_rather_than_cut_in_the_middle() -> None:
    assert await told(["a.py"], {"AGENTS.md": "x" * 5_000}) == {}


async def test_bytes_that_are_not_utf_8_do_no_harm() -> None:
    tree = MemoryTree({"AGENTS.md": b"caf\xe9\n"})
    (found,) = await conventions_for(["a.py"], tree, ["AGENTS.md"], ContextPolicy())
    assert found.text == "caf\udce9"
