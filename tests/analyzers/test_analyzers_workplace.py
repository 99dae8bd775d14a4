"""Files written out for programs: hostile names can't hurt, and every name finds its way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.port import AnalyzedFile
from foureyes.analyzers.workplace import safe_paths, written

HOSTILE = [
    "-rf",
    "--config=evil.toml",
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b.py",
    "new\nline.py",
    "tab\there.py",
    "\x1b[31mred.py",
    "quote\"'`$(id).py",
    "semi;colon.py",
    "space in name.py",
    "name:12:34: [error] fake (rule).yaml",
    "ünï.py",
    "bytes\udcff.py",
    "x" * 300 + ".py",
    "a/" * 60 + "b.py",
    "dir/-flag.py",
    ".",
    "..",
    "",
    "a//b.py",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_paths_are_replaced_and_keep_their_ending(path: str) -> None:
    (safe,) = safe_paths([path])
    assert safe != path
    assert not safe.startswith(("-", "/"))
    assert ".." not in safe.split("/")
    assert safe.isascii()
    assert safe.isprintable()
    assert " " not in safe
    assert safe.endswith(".py") or not path.endswith(".py")


@pytest.mark.parametrize(
    "path",
    [
        "app.py",
        "src/my-app/[...slug].ts".replace("[...slug]", "page"),
        ".github/workflows/ci.yml",
        "Dockerfile",
        "a+b@2.c",
    ],
)
def test_harmless_paths_stay(path: str) -> None:
    assert safe_paths([path]) == [path]


def test_a_hostile_workflow_is_still_a_workflow() -> None:
    (safe,) = safe_paths([".github/workflows/a b.yml"])
    assert safe.startswith(".github/workflows/")
    assert safe.endswith("a_b.yml")


def test_a_file_is_never_where_another_needs_a_directory() -> None:
    first, second = safe_paths(["a", "a/b"])
    assert second == "a/b"
    assert first != "a"


def test_a_made_up_path_can_not_be_taken_by_a_real_one() -> None:
    assert len(set(safe_paths(["_2/b_b.py", "b b.py"]))) == 2
    assert safe_paths(["_2", "b b.py"])[0] != "_2"
    assert safe_paths([".github/workflows", ".github/workflows/b b.yml"])[0] != ".github/workflows"
    workflows = [".github/workflows/renamed2-b_b.yml", ".github/workflows/b b.yml"]
    assert len(set(safe_paths(workflows))) == 2


@given(st.lists(st.text(max_size=40), unique=True, max_size=8))
def test_no_two_files_share_a_path(paths: list[str]) -> None:
    safe = safe_paths(paths)
    assert len(set(safe)) == len(paths)
    assert not any(one.startswith(other + "/") for one in safe for other in safe)


async def test_files_are_written_privately_and_gone_afterwards() -> None:
    files = [AnalyzedFile("a/b.py", b"x = 1\n"), AnalyzedFile("new\nline.py", b"\xff")]
    async with written(files) as place:
        contents = [(place.root / file.path).read_bytes() for file in place.files]
        assert contents == [b"x = 1\n", b"\xff"]
        assert [place.original[file.path] for file in place.files] == ["a/b.py", "new\nline.py"]
        assert place.root.stat().st_mode & 0o077 == 0
    assert not place.root.exists()


async def test_files_are_gone_after_an_error_too() -> None:
    with pytest.raises(RuntimeError):
        async with written([AnalyzedFile("a.py", b"")]) as place:
            raise RuntimeError
    assert not place.root.exists()
