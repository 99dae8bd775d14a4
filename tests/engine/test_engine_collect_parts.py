"""The parts of collecting: what words mean, which conventions hold, versions rebuilt from hunks."""

from pathlib import Path

import pytest
from engine_checkout import new_checkout
from hypothesis import given
from hypothesis import strategies as st

from factories import a_patch
from foureyes.diff.parse import parse_patch
from foureyes.engine.conventions import conventions_for
from foureyes.engine.overlay import OverlayTree
from foureyes.engine.patched import patched, unpatched
from foureyes.engine.policy import ContextPolicy
from foureyes.engine.request import CommitRange, OneCommit, Source, WholeFiles, WorkingTree, source_of
from foureyes.errors import UnknownRevisionError, UsageError
from foureyes.git.repository import Repository
from foureyes.git.trees import MemoryTree


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ([], WorkingTree()),
        (["main"], OneCommit("main")),
        (["main..HEAD", "src"], CommitRange("main..HEAD", (Path("src"),))),
        (["main...topic"], CommitRange("main...topic")),
        (["a.py", "src"], WholeFiles((Path("a.py"), Path("src")))),
        (["--", "main"], WholeFiles((Path("main"),))),
        (["main", "--", "a.py"], OneCommit("main", (Path("a.py"),))),
        (["../checkout"], WholeFiles((Path("../checkout"),))),
    ],
)
async def test_words_mean_what_they_mean_to_git(tmp_path: Path, words: list[str], source: Source) -> None:
    checkout = new_checkout(tmp_path / "checkout")
    checkout.commit({"a.py": "x\n", "src/b.py": "x\n"})
    repository = await Repository.open(checkout.top)
    assert await source_of(words, checkout.top, repository) == source


async def test_a_word_that_is_both_or_neither_is_refused(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path)
    checkout.commit({"main": "x\n"})
    repository = await Repository.open(checkout.top)
    with pytest.raises(UsageError, match=r"'main' is a revision and a file: write \./main"):
        await source_of(["main"], tmp_path, repository)
    with pytest.raises(UnknownRevisionError, match="no revision or path 'nothing'"):
        await source_of(["nothing"], tmp_path, repository)


async def conventions(changed: list[str], files: dict[str, str], context: ContextPolicy | None = None) -> list[str]:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return [found.path for found in await conventions_for(changed, tree, sorted(files), context or ContextPolicy())]


async def test_general_conventions_come_before_those_of_the_folders_that_change() -> None:
    files = {
        "api/v1/AGENTS.md": "c",
        "web/AGENTS.md": "d",
        "api/AGENTS.md": "b",
        "CONTRIBUTING.md": "e",
        "AGENTS.md": "a",
    }
    assert await conventions(["api/v1/x.py"], files) == [
        "AGENTS.md",
        "CONTRIBUTING.md",
        "api/AGENTS.md",
        "api/v1/AGENTS.md",
    ]


async def test_a_copy_is_not_told_twice() -> None:
    assert await conventions(["x.py"], {"AGENTS.md": "same\n", "CLAUDE.md": "same"}) == ["AGENTS.md"]


@pytest.mark.parametrize(
    ("matter", "holds"),
    [
        ("globs: *.py, *.pyi", True),
        ("globs: *.ts", False),
        ('applyTo: "**/*.py"', True),
        ("applyTo: '**/*.ts,**/*.tsx'", False),
        ("alwaysApply: true\nglobs:", True),
        ("description: x", True),
        ("globs: [", True),
    ],
)
async def test_rules_of_editors_say_which_files_they_are_about(matter: str, holds: bool) -> None:
    path = ".cursor/rules/style.mdc"
    assert await conventions(["x.py"], {path: f"---\n{matter}\n---\nBe brief."}) == ([path] if holds else [])


async def test_policy_names_more_files_or_none_at_all() -> None:
    files = {"docs/style.md": "x", "AGENTS.md": "y"}
    assert await conventions(["x.py"], files, ContextPolicy(files=("docs/*.md",))) == ["AGENTS.md", "docs/style.md"]
    assert await conventions(["x.py"], files, ContextPolicy(conventions=False)) == []


async def test_conventions_are_cut_to_what_a_prompt_can_bear() -> None:
    text = "Use tabs.\n" * 1000
    tree = MemoryTree(
        {"AGENTS.md": text.encode(), **{f"{'a/' * n}AGENTS.md": f"{n}{text}".encode() for n in range(1, 6)}}
    )
    found = await conventions_for(["a/a/a/a/a/x.py"], tree, await tree.paths(), ContextPolicy())
    assert sum(len(convention.text) for convention in found) < 12_100
    assert found[0].text.endswith("Use tabs.\n[cut here]")


async def test_an_overlay_replaces_adds_and_hides() -> None:
    under = MemoryTree({"a": b"one word", "b": b"word", "c": b"word"})
    tree = OverlayTree(under, {"b": b"other", "d": b"a word"}, gone=["c"])
    assert await tree.paths() == ["a", "b", "d"]
    assert await tree.read(["a", "b", "c", "d", "e"]) == {"a": b"one word", "b": b"other", "d": b"a word"}
    assert [match.path for match in await tree.search(["word"])] == ["a", "d"]


LINES = st.lists(st.sampled_from(["a", "b", "", "\r", "é", "--- x", "\udce9"]), max_size=12).map("\n".join)


@given(LINES, LINES)
def test_hunks_lead_from_each_version_to_the_other(before: str, after: str) -> None:
    old, new = (text.encode("utf-8", "surrogateescape") + b"\n" for text in (before, after))
    patch = a_patch("x", before.replace("\udce9", "e") + "\n", after.replace("\udce9", "e") + "\n")
    old, new = old.replace(b"\xe9", b"e"), new.replace(b"\xe9", b"e")
    for file in parse_patch(patch).files:
        assert patched(old, file) == new
        assert unpatched(new, file) == old


@pytest.mark.parametrize(
    ("before", "after"), [(b"a\nb", b"a\nb\n"), (b"a\n", b"a"), (b"", b"a"), (b"a", b""), (b"a\nb\n", b"b")]
)
def test_the_newline_at_the_end_is_part_of_a_version(tmp_path: Path, before: bytes, after: bytes) -> None:
    checkout = new_checkout(tmp_path)
    checkout.commit({"x": before})
    checkout.write({"x": after})
    file = parse_patch(checkout.git("diff").encode() + b"\n").files[0]
    assert patched(before, file) == after
    assert unpatched(after, file) == before
    assert patched(before + b"more\n", file) is None
