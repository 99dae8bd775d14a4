"""Two versions of a repository as changed files: git's list of them, joined with the hunks of its patch."""

from collections.abc import Sequence

from foureyes.diff.header import kind_of
from foureyes.diff.names import inside
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import FileChange, FileKind, FileStatus
from foureyes.errors import GitError
from foureyes.git.door import Git
from foureyes.git.raw import RawEntry, split_raw
from foureyes.git.trees import Tree
from foureyes.kit.text import decode, encode, printable

_OPTIONS = (
    "--raw", "-z", "--patch", "--no-abbrev", "--full-index", "--find-renames", "-l1000", "--no-color", "--no-ext-diff",
    "--no-textconv", "--no-relative", "--submodule=short", "--ignore-submodules=dirty", "--src-prefix=a/",
    "--dst-prefix=b/", "--unified=3", "-O/dev/null",
)  # fmt: skip
_STATES = {
    "A": FileStatus.ADDED,
    "C": FileStatus.COPIED,
    "D": FileStatus.DELETED,
    "M": FileStatus.MODIFIED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.TYPE_CHANGED,
}
# As much as git itself looks at before it calls a file binary.
_SNIFFED = 8000


async def compare(
    git: Git, versions: Sequence[str], *, base: Tree, head: Tree, paths: Sequence[str] = ()
) -> tuple[FileChange, ...]:
    """The changed files between the versions that `versions` tells `git diff`; `base` and `head` are the same two."""
    files = await _diff(git, (), versions, paths)
    hidden = await _hidden(git, files, base, head)
    if not hidden:
        return files
    names = {name for file in hidden for name in (file.path, file.old_path) if name}
    shown = {file.path: file for file in await _diff(git, ("--text",), versions, sorted(names))}
    return tuple(shown.get(file.path, file) if file in hidden else file for file in files)


async def _diff(
    git: Git, options: Sequence[str], versions: Sequence[str], paths: Sequence[str]
) -> tuple[FileChange, ...]:
    arguments = ("diff", *_OPTIONS, *options, *versions, "--", *paths)
    entries, patch = split_raw(await git.run(*arguments))
    sections = {file.path: file for file in parse_patch(patch).files}
    files: dict[str, FileChange] = {}
    for entry in entries:
        if inside(entry.path) != entry.path:
            raise GitError(arguments, 0, f"it names a file outside of the tree: {printable(entry.path)}")
        if entry.letter in _STATES:
            files[entry.path] = _file(entry, sections.get(entry.path))
    return tuple(files.values())


def _file(entry: RawEntry, section: FileChange | None) -> FileChange:
    """Names, modes and blobs come from the list, where nothing is quoted; the patch adds lines, and what is binary."""
    kind = kind_of(entry.new_mode or entry.old_mode)
    if section is not None and section.kind is FileKind.BINARY:
        kind = FileKind.BINARY
    return FileChange(
        entry.path,
        _STATES[entry.letter],
        kind,
        entry.old_path,
        entry.old_mode,
        entry.new_mode,
        entry.old_blob,
        entry.new_blob,
        section.hunks if section is not None else (),
    )


def blobs_of(listing: bytes) -> set[str]:
    """The blobs on either side of a raw list; what a submodule names is a commit of another repository."""
    entries, _ = split_raw(listing)
    sides = [(entry.old_mode, entry.old_blob) for entry in entries]
    sides += [(entry.new_mode, entry.new_blob) for entry in entries]
    return {blob for mode, blob in sides if blob and kind_of(mode) is not FileKind.SUBMODULE}


async def _hidden(git: Git, files: Sequence[FileChange], base: Tree, head: Tree) -> tuple[FileChange, ...]:
    """Files that only an attribute calls binary: a `.gitattributes` must not keep code from being read."""
    suspects = [file for file in files if file.kind is FileKind.BINARY]
    said = await _with_attribute(git, suspects) if suspects else []
    if not said:
        return ()
    old = await base.read([file.old_path or file.path for file in said])
    new = await head.read([file.path for file in said])
    sides = [(file, old.get(file.old_path or file.path, b""), new.get(file.path, b"")) for file in said]
    return tuple(file for file, *both in sides if not any(b"\0" in side[:_SNIFFED] for side in both))


async def _with_attribute(git: Git, files: Sequence[FileChange]) -> list[FileChange]:
    names = "".join(f"{file.path}\0" for file in files)
    answers = decode(await git.run("check-attr", "-z", "--stdin", "diff", stdin=encode(names))).split("\0")
    said = {path for path, value in zip(answers[::3], answers[2::3], strict=False) if value != "unspecified"}
    return [file for file in files if file.path in said]
