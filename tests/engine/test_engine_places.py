"""Paths as people name them, and files that are reviewed whole."""

from pathlib import Path

import pytest
from engine_checkout import new_checkout
from hypothesis import given
from hypothesis import strategies as st

from foureyes.diff.values import FileKind, FileStatus
from foureyes.engine.places import absolute, existing, exists, from_top, inside
from foureyes.engine.wholefiles import whole, whole_files
from foureyes.errors import UsageError
from foureyes.git.repository import Repository


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("a.py", "/work/shop/a.py"),
        ("./a.py", "/work/shop/a.py"),
        ("../a.py", "/work/a.py"),
        ("src/../a.py", "/work/shop/a.py"),
        ("/etc/a.py", "/etc/a.py"),
        (".", "/work/shop"),
        ("../../../../x", "/x"),
        ("-rf", "/work/shop/-rf"),
        ("~/a.py", "/work/shop/~/a.py"),
    ],
)
def test_a_named_path_is_counted_from_where_one_stands(named: str, path: str) -> None:
    assert absolute(Path(named), Path("/work/shop")) == Path(path)


@pytest.mark.parametrize(
    ("path", "relative"),
    [("a.py", "a.py"), ("src/a.py", "src/a.py"), ("", ""), ("../a.py", None), ("../shop2/a.py", None)],
)
def test_a_path_inside_of_a_repository_is_counted_from_its_top(tmp_path: Path, path: str, relative: str | None) -> None:
    top = tmp_path / "shop"
    top.mkdir()
    assert from_top(absolute(Path(path), top), top) == relative


def test_a_repository_behind_a_link_is_the_same_repository(tmp_path: Path) -> None:
    (tmp_path / "shop/src").mkdir(parents=True)
    (tmp_path / "link").symlink_to("shop")
    assert from_top(tmp_path / "link/src/a.py", tmp_path / "shop") == "src/a.py"
    assert from_top(tmp_path / "shop/src/a.py", tmp_path / "link") == "src/a.py"


def test_a_link_that_is_named_is_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    assert from_top(tmp_path / "passwd", tmp_path) == "passwd"


def test_the_top_itself_is_a_dot_and_what_is_outside_is_refused(tmp_path: Path) -> None:
    assert inside(Path(), tmp_path, tmp_path) == "."
    with pytest.raises(UsageError, match=r"/other\\x1b is outside of the repository /"):
        inside(Path("../other\x1b"), tmp_path, tmp_path)


def test_a_link_that_leads_nowhere_exists(tmp_path: Path) -> None:
    (tmp_path / "lost").symlink_to("nowhere")
    assert exists(Path("lost"), tmp_path)
    assert existing([Path("lost")], tmp_path) == [tmp_path / "lost"]
    with pytest.raises(UsageError, match=r"^nowhere does not exist: name a file"):
        existing([Path("lost"), Path("nowhere")], tmp_path)


@pytest.mark.parametrize(
    ("content", "lines", "ended"),
    [
        (b"x\n", ["x"], True),
        (b"x", ["x"], False),
        (b"x\n\n", ["x", ""], True),
        (b"\n", [""], True),
        (b"x\r\ny", ["x\r", "y"], False),
        (b"\xff\n", ["\udcff"], True),
        (b"a\x0cb\x1cc\n", ["a\x0cb\x1cc"], True),
    ],
)
def test_a_whole_file_is_one_hunk_of_new_lines(content: bytes, lines: list[str], *, ended: bool) -> None:
    file = whole("a.py", content)
    (hunk,) = file.hunks
    assert [line.text for line in hunk.lines] == lines
    assert [line.new for line in hunk.lines] == list(range(1, len(lines) + 1))
    assert hunk.lines[-1].newline is ended
    assert all(line.newline for line in hunk.lines[:-1])


def test_an_empty_file_has_no_hunk_and_a_binary_one_no_text() -> None:
    assert whole("a.py", b"").hunks == ()
    assert (whole("a.bin", b"a\0b").kind, whole("a.bin", b"a\0b").hunks) == (FileKind.BINARY, ())


@given(st.binary(max_size=200).filter(lambda content: b"\0" not in content))
def test_the_lines_of_a_whole_file_are_its_bytes(content: bytes) -> None:
    lines = [line for hunk in whole("a", content).hunks for line in hunk.lines]
    text = "".join(line.text + ("\n" if line.newline else "") for line in lines)
    assert text.encode("utf-8", "surrogateescape") == content


def a_folder(top: Path) -> Path:
    checkout = new_checkout(top)
    checkout.write(
        {
            ".gitignore": "*.log\n",
            "src/a.py": "a\n",
            "src/deep/b.py": "b\n",
            "src/x.log": "log\n",
            "node_modules/m/index.js": "m\n",
            "other.py": "o\n",
        }
    )
    return top


@pytest.mark.parametrize(
    ("named", "paths"),
    [
        (["src"], ["src/a.py", "src/deep/b.py"]),
        (["src/"], ["src/a.py", "src/deep/b.py"]),
        (["src", "src/a.py"], ["src/a.py", "src/deep/b.py"]),
        (["src/x.log"], ["src/x.log"]),
        (["other.py", "src/deep"], ["other.py", "src/deep/b.py"]),
    ],
)
async def test_folders_hold_what_git_knows_and_files_are_taken_as_named(
    tmp_path: Path, named: list[str], paths: list[str]
) -> None:
    repository = await Repository.open(a_folder(tmp_path))
    change, tree = await whole_files([Path(name) for name in named], tmp_path, repository)
    assert [file.path for file in change.files] == paths
    assert {file.status for file in change.files} == {FileStatus.ADDED}
    assert set(paths) - {"src/x.log"} <= set(await tree.paths())


async def test_without_git_installed_packages_are_left_out_by_their_names(tmp_path: Path) -> None:
    change, tree = await whole_files([Path()], a_folder(tmp_path), None)
    assert [file.path for file in change.files] == [".gitignore", "other.py", "src/a.py", "src/deep/b.py", "src/x.log"]
    assert await tree.read(["src/a.py"]) == {"src/a.py": b"a\n"}


async def test_without_git_the_house_rules_of_the_folder_are_read_along(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path)
    checkout.write(
        {".foureyes.toml": "floor = 'high'\n", ".foureyes/rules/a.yml": "id: a\n", "AGENTS.md": "Be brief.\n"}
    )
    checkout.write({"a.py": "a\n"})
    change, tree = await whole_files([Path("a.py")], tmp_path, None)
    assert [file.path for file in change.files] == ["a.py"]
    assert await tree.paths() == [".foureyes.toml", ".foureyes/rules/a.yml", "AGENTS.md", "a.py"]


async def test_a_link_among_the_files_is_a_link_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key\n")
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "out").symlink_to("../secret")
    (folder / "round").symlink_to(".")
    change, tree = await whole_files([Path()], folder, None)
    assert [(file.path, file.kind) for file in change.files if file.hunks] == []
    assert {file.kind for file in change.files} == {FileKind.SYMLINK}
    assert await tree.paths() == []
