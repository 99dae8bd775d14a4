"""Held against git itself: any two trees, git's diff of them, and what our values say about it."""

import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foureyes.diff.linemap import LineMap
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, LineKind
from foureyes.diff.write import render

LINES = st.sampled_from(
    [b"a", b"b", b"", b" ", b"\tx", b"-- y", b"++ z", b"- --", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"\\ No newline",
     b"caf\xe9", "naïve".encode(), b"end\r", b"\x0c", b"a\rb", "\u2028".encode(), b"--- a/x", b"+++ b/x", b"Index: x"]
)  # fmt: skip
NAMES = st.sampled_from(
    [b"x", b"a/x", b"b/x", b"two words", b" lead", b"trail ", b"tab\there", b"new\nline", b'quo"te', b"back\\slash",
     b"caf\xe9", "日本".encode(), b"-dash", b"esc\x1b[31m", b"x b/x", b"d/e/f", b"dev/null"]
)  # fmt: skip
TEXTS = st.builds(
    lambda lines, end: b"\n".join(lines) + (end if lines else b""),
    st.lists(LINES, max_size=30),
    st.sampled_from([b"\n", b""]),
)
TREES = st.dictionaries(NAMES, TEXTS | st.just(b"\0binary"), max_size=6)
FORMS = st.sampled_from(
    [(), ("--no-prefix",), ("-U0",), ("-U10",), ("-M", "-C", "--find-copies-harder"), ("--minimal",)]
)


def without_clashes(tree: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """A name can't be a file and a folder at once."""
    return {name: data for name, data in tree.items() if not any(other.startswith(name + b"/") for other in tree)}


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["git", "-C", folder, *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_tree(folder: Path, tree: dict[bytes, bytes]) -> str:
    """Straight into git's store: no file system's idea of names in between."""
    git(folder, "read-tree", "--empty")
    entries = b""
    for name, data in tree.items():
        blob = git(folder, "hash-object", "-w", "--stdin", stdin=data).strip()
        entries += b"100644 " + blob + b"\t" + name + b"\0"
    git(folder, "update-index", "-z", "--index-info", stdin=entries)
    return git(folder, "write-tree").decode().strip()


def applied(file: FileChange, old: bytes) -> bytes:
    """The new content by the hunks alone, checking that the old one is what they say."""
    lines = old.split(b"\n")
    pieces = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    result: list[bytes] = []
    done = 0
    for hunk in file.hunks:
        begin = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        result += pieces[done:begin]
        for line in hunk.lines:
            raw = line.text.encode("utf-8", "surrogateescape") + (b"\n" if line.newline else b"")
            if line.old is not None:
                assert pieces[line.old - 1] == raw
            if line.new is not None:
                result.append(raw)
                assert len(result) == line.new
        done = begin + hunk.old_count
    return b"".join(result + pieces[done:])


def check_line_maps(file: FileChange) -> None:
    lines = LineMap(file)
    for hunk in file.hunks:
        for line in hunk.lines:
            if line.old is not None:
                assert lines.old_to_new(line.old) == line.new
            if line.new is not None:
                assert lines.new_to_old(line.new) == line.old
    for number in range(1, 50):
        there = lines.old_to_new(number)
        assert there is None or lines.new_to_old(there) == number


def check_against_raw(change: Change, raw: bytes) -> None:
    fields = raw.decode("utf-8", "surrogateescape").split("\0")[:-1]
    names = iter(fields)
    told = {}
    for entry in names:
        status = entry.split(" ")[4]
        old = next(names)
        told[next(names) if status[0] in "RC" else old] = status[0]
    words = {
        "A": FileStatus.ADDED,
        "M": FileStatus.MODIFIED,
        "D": FileStatus.DELETED,
        "R": FileStatus.RENAMED,
        "C": FileStatus.COPIED,
    }
    assert {file.path: file.status for file in change.files} == {path: words[status] for path, status in told.items()}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(before=TREES, after=TREES, form=FORMS)
def test_what_git_diffs_is_what_we_read(
    before: dict[bytes, bytes], after: dict[bytes, bytes], form: tuple[str, ...]
) -> None:
    before, after = without_clashes(before), without_clashes(after)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        git(top, "init", "-q")
        old, new = write_tree(top, before), write_tree(top, after)
        patch = git(top, "diff", "--full-index", *form, old, new, "--")
        change = parse_patch(patch)
        check_against_raw(change, git(top, "diff", "--raw", "-z", *(form if "-M" in form else ()), old, new))
        for file in change.files:
            check_line_maps(file)
            source = before.get((file.old_path or file.path).encode("utf-8", "surrogateescape"), b"")
            if file.kind is FileKind.TEXT:
                assert applied(file, source) == after.get(file.path.encode("utf-8", "surrogateescape"), b"")
                assert file.added == sum(line.kind is LineKind.ADDED for hunk in file.hunks for line in hunk.lines)
        git(top, "read-tree", old)
        if change.files:
            unidiff_zero = ["--unidiff-zero"] if "-U0" in form else []
            git(top, "apply", "--cached", "--whitespace=nowarn", *unidiff_zero, "-", stdin=render(change))
        assert git(top, "write-tree").decode().strip() == new
