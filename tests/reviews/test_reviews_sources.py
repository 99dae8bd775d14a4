"""What may be sent, and what is refused: sizes, paths, contradictions, patches, addresses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from askers import CODE, House, wanted
from foureyes.code.languages import Language, language_of
from foureyes.errors import InvalidRequestError, TooLargeError
from foureyes.reviews.request import FilesSource, PatchSource, RepositorySource
from foureyes.reviews.schemas import LARGEST_FILE, LARGEST_IN_ALL, ReviewWanted
from foureyes.reviews.snippets import snippet_name
from foureyes.reviews.sources import Snapshot, digest_of, snapshot_of

PATCH = "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = eval(input())\n"


def read(**fields: Any) -> Snapshot:
    return snapshot_of(ReviewWanted.model_validate(wanted(**fields)))


def files(**contents: str) -> dict[str, Any]:
    return {"type": "files", "files": [{"path": path, "content": text} for path, text in contents.items()]}


def refused(**fields: Any) -> str:
    """The pointer to the one field that is wrong."""
    with pytest.raises(InvalidRequestError) as raised:
        read(**fields)
    (problem,) = raised.value.problems
    return problem.pointer


def test_one_file_is_named_by_its_digest() -> None:
    snapshot = read()
    assert isinstance(snapshot.request.source, FilesSource)
    assert snapshot.request.source.files[0].digest == digest_of(CODE.encode())
    assert snapshot.contents == ((digest_of(CODE.encode()), CODE.encode()),)
    assert (snapshot.title, snapshot.language) == ("app.py", "python")


def test_a_content_that_is_sent_twice_is_kept_once() -> None:
    snapshot = read(source=files(**{"a.py": CODE, "b.py": CODE}))
    assert len(snapshot.contents) == 1
    assert snapshot.title == "a.py and 1 other file"


def test_a_patch_may_bring_files_of_its_new_version() -> None:
    source = {"type": "patch", "patch": PATCH, "files": [{"path": "app.py", "content": "x = eval(input())\n"}]}
    snapshot = read(source=source)
    assert isinstance(snapshot.request.source, PatchSource)
    assert dict(snapshot.contents)[snapshot.request.source.digest] == PATCH.encode()
    assert (snapshot.title, snapshot.language, len(snapshot.contents)) == ("app.py", "python", 2)


def test_a_repository_is_named_and_nothing_is_kept() -> None:
    source = {"type": "repository", "url": "https://git.example.org/shop.git", "base": "main", "head": "cart"}
    snapshot = read(source=source)
    assert isinstance(snapshot.request.source, RepositorySource)
    assert snapshot.contents == ()
    assert (snapshot.title, snapshot.repository) == ("shop main..cart", "https://git.example.org/shop.git")


def test_an_error_is_kept_beside_the_code() -> None:
    snapshot = read(kind="debug", error="IndexError: list index out of range\n")
    assert snapshot.request.error_digest in dict(snapshot.contents)


def test_a_title_can_hide_nothing_in_a_list() -> None:
    snapshot = read(title="all \u202efine")
    assert snapshot.title == "all \\u{202e}fine"
    assert snapshot.request.title == "all \u202efine"


def test_the_language_of_most_code_is_the_main_one() -> None:
    source = files(**{"a.go": "package a\n" * 9, "b.py": "x = 1\n", "c.json": "[]\n" * 500})
    assert read(source=source).language == "go"


@pytest.mark.parametrize("language", list(Language))
def test_a_snippet_is_named_so_that_its_language_is_known_again(language: Language) -> None:
    assert language_of(snippet_name(language)) is language


def test_a_snippet_without_a_name_needs_its_language() -> None:
    assert refused(source={"type": "file", "content": CODE}) == "/source/path"
    snapshot = read(source={"type": "file", "content": "package main\n"}, language="go")
    assert (snapshot.title, snapshot.language) == ("snippet.go", "go")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"source": {"type": "file", "path": "a.py", "content": " \n"}}, "/source/content"),
        ({"source": files(**{"a.py": "", "b.py": "\n"})}, "/source/files"),
        ({"source": {"type": "files", "files": [{"path": "a.py", "content": "x"}] * 2}}, "/source/files"),
        ({"source": files(**{"a": "x", "a/b.py": "y"})}, "/source/files"),
        ({"source": {"type": "patch", "patch": "no patch at all"}}, "/source/patch"),
        ({"source": {"type": "patch", "patch": "\n"}}, "/source/patch"),
        ({"kind": "debug"}, "/error"),
        ({"kind": "debug", "error": " "}, "/error"),
        ({"error": "Boom"}, "/error"),
        ({"kind": "architecture", "source": {"type": "patch", "patch": PATCH}}, "/source/type"),
        ({"policy": "[[["}, "/policy"),
        ({"policy": "no_such_key = 1"}, "/policy"),
    ],
)
def test_what_can_not_be_reviewed_is_named(fields: dict[str, Any], pointer: str) -> None:
    assert refused(**fields) == pointer


def test_everything_that_contradicts_itself_is_named_at_once() -> None:
    with pytest.raises(InvalidRequestError) as raised:
        read(kind="debug", source={"type": "patch", "patch": PATCH}, policy="x = 1")
    assert [problem.pointer for problem in raised.value.problems] == ["/error", "/source/type", "/policy"]


def test_an_empty_file_among_others_is_nothing_bad() -> None:
    assert len(read(source=files(**{"pkg/__init__.py": "", "pkg/a.py": CODE})).contents) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://git.example.org/shop.git",
        "file:///etc",
        "ssh://git@example.org/shop.git",
        "git@example.org:shop.git",
        "ext::sh -c id",
        "https://user:secret@git.example.org/shop.git",
        "https://",
        "https://[::1/x",
        "--upload-pack=id",
        "/srv/git/shop",
    ],
)
def test_only_plain_https_addresses_are_cloned(url: str) -> None:
    assert refused(source={"type": "repository", "url": url, "head": "main"}) == "/source/url"


@pytest.mark.parametrize("name", ["-x", "a..b", "a b", "a~1", "a^", "a:b", "HEAD@{1}", "/a", "a/", "a.lock", "a\n", ""])
def test_a_revision_is_a_plain_name(name: str) -> None:
    with pytest.raises(ValidationError):
        read(source={"type": "repository", "url": "https://git.example.org/shop.git", "head": name})


@pytest.mark.parametrize("name", ["main", "feature/cart", "v1.2", "0" * 40, "größe", "a@b", "fix#12"])
def test_names_that_git_allows_are_allowed(name: str) -> None:
    source = {"type": "repository", "url": "https://git.example.org/shop.git", "head": name}
    assert read(source=source).title == f"shop {name}"


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "\\\\host\\share", "C:/x", "../x", "a/../b", "a//b", "./a", "a/", "a\0b", ".git/config",
     ".GIT/hooks/x", "x" * 1_001, "é" * 200 + ".py"],
)  # fmt: skip
def test_hostile_paths_are_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        read(source={"type": "file", "path": path, "content": CODE})


@pytest.mark.parametrize("path", ["a.py", "a b.py", ".github/x.yml", "-x.py", "größe.py", "a/b..c/d.py", "$(id).py"])
def test_odd_paths_are_only_names(path: str) -> None:
    assert read(source={"type": "file", "path": path, "content": CODE}).title == path


@given(st.text(max_size=60))
def test_no_path_that_is_taken_leads_out(path: str) -> None:
    try:
        snapshot = read(source={"type": "file", "path": path, "content": CODE})
    except ValidationError:
        return
    source = snapshot.request.source
    assert isinstance(source, FilesSource)
    assert not {"", ".", ".."}.intersection(source.files[0].path.split("/"))
    assert not source.files[0].path.startswith(("/", "\\"))


def test_a_file_of_more_than_a_megabyte_is_too_large() -> None:
    assert read(source={"type": "file", "path": "a.txt", "content": "x" * LARGEST_FILE}).contents
    with pytest.raises(TooLargeError, match=r"a\.txt is larger than"):
        read(source={"type": "file", "path": "a.txt", "content": "é" * (LARGEST_FILE // 2 + 1)})


def test_more_than_ten_megabytes_in_all_are_too_large() -> None:
    contents = {f"{number}.txt": str(number) * LARGEST_FILE for number in range(9)}
    assert read(source=files(**contents))
    with pytest.raises(TooLargeError, match="All that was sent"):
        read(source=files(**contents, **{"x.txt": "x" * LARGEST_FILE, "y.txt": "y"}))


def test_an_error_text_of_more_than_a_megabyte_is_too_large() -> None:
    with pytest.raises(TooLargeError, match="error"):
        read(kind="debug", error="x" * (LARGEST_FILE + 1))


def test_a_patch_of_more_than_ten_megabytes_is_too_large() -> None:
    line = "+" + "x" * 1_000_000 + "\n"
    patch = "--- a/x\n+++ b/x\n@@ -0,0 +1,11 @@\n" + line * 11
    with pytest.raises((TooLargeError, ValidationError)):
        read(source={"type": "patch", "patch": patch})
    assert len(patch) > LARGEST_IN_ALL


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**wanted(), "kind": "poem"}, "/kind"),
        ({**wanted(), "kind": "fix"}, "/kind"),
        ({**wanted(), "language": "klingon"}, "/language"),
        ({**wanted(), "surprise": 1}, "/surprise"),
        ({**wanted(), "title": "x" * 301}, "/title"),
        ({**wanted(), "supersedes": ""}, "/supersedes"),
        ({**wanted(), "model": "yes please"}, "/model"),
        ({"source": {"type": "poem"}}, "/source"),
        ({"source": {"type": "file", "path": "a.py"}}, "/source/content"),
        ({"source": {"type": "files", "files": [{"path": "../a", "content": "x"}]}}, "/source/files/0/path"),
        ({}, "/source"),
    ],
)
async def test_a_field_that_is_wrong_is_named_by_its_pointer(ours: House, body: dict[str, Any], pointer: str) -> None:
    answer = await ours.client.post("/api/reviews", json=body)
    assert answer.status_code == 400
    assert pointer in [problem["pointer"] for problem in answer.json()["problems"]]


async def test_too_large_is_413(ours: House) -> None:
    source = {"type": "file", "path": "a.txt", "content": "x" * (LARGEST_FILE + 1)}
    answer = await ours.client.post("/api/reviews", json={"source": source})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    "raw", [b"{", b"[" * 100_000, b'{"title": "\\u0000"}', b'{"title": "\\ud800"}', b'{"days": 9e999}']
)
async def test_hostile_json_is_400(ours: House, raw: bytes) -> None:
    answer = await ours.client.post("/api/reviews", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
