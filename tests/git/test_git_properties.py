"""Any work tree: its change before the commit is the commit's change after it, and hunks turn old bytes into new."""

import tempfile
from dataclasses import replace
from pathlib import Path

from git_places import Place, new_place
from hypothesis import given, settings
from hypothesis import strategies as st

from foureyes.diff.values import Change, FileKind
from foureyes.git.repository import Repository
from foureyes.kit.text import encode

NAMES = st.sampled_from(["a", "dir/b", "dir/c d", "new\nline", "-x", "caf\udce9", 'q"', "tab\t", "ünï", ":(top)"])
LINES = st.sampled_from([b"one\n", b"two\n", b"\n", b"crlf\r\n", b"caf\xe9\n", b"-- \n", b"@@ -1 +1 @@\n", b"no end"])
CONTENTS = st.lists(LINES, max_size=20).map(b"".join) | st.just(b"\0binary")
TREES = st.dictionaries(NAMES, CONTENTS, max_size=5)


def put(place: Place, tree: dict[str, bytes]) -> None:
    for path in sorted(place.top.rglob("*"), reverse=True):
        if ".git" not in path.parts and path.is_file():
            path.unlink()
    place.files(tree)


def without_blobs(change: Change) -> list[object]:
    """What is not committed has no blob yet, so blobs are left out of the comparison."""
    return sorted((replace(file, old_blob=None, new_blob=None) for file in change.files), key=lambda file: file.path)


async def check_bytes(repository: Repository, change: Change) -> None:
    old = await repository.tree(change.base).read([file.old_path or file.path for file in change.files])
    new = await repository.tree(change.head).read([file.path for file in change.files])
    for file in change.files:
        if file.kind is not FileKind.TEXT:
            continue
        for hunk in file.hunks:
            for line in hunk.lines:
                for number, content in (
                    (line.old, old.get(file.old_path or file.path)),
                    (line.new, new.get(file.path)),
                ):
                    if number is not None and content is not None:
                        assert content.split(b"\n")[number - 1] == encode(line.text)


@settings(max_examples=15)
@given(before=TREES, after=TREES)
async def test_what_is_seen_before_the_commit_is_what_the_commit_is(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = new_place(Path(folder) / "place")
        place.commit(before)
        put(place, after)
        repository = await Repository.open(place.top)
        seen = await repository.working_tree()
        await check_bytes(repository, seen)
        place.git("add", "--all")
        staged = await repository.staged()
        place.git("commit", "--quiet", "--allow-empty", "-m", "After")
        committed = await repository.commit("HEAD")
        await check_bytes(repository, committed)
        assert without_blobs(seen) == without_blobs(staged) == without_blobs(committed)
        assert staged.files == committed.files
