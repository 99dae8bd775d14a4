"""What a reader should know about a change beside its findings: links, submodules, modes, names, unread additions."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from foureyes.analyzers.hidden import Hidden, HiddenKind, find_hidden
from foureyes.analyzers.secrets import find_secrets
from foureyes.diff.values import Change, FileChange, FileKind, FileStatus, Line, LineKind
from foureyes.engine.values import Notice
from foureyes.kit.text import counted, printable, shortened

# What is not reviewed may be megabytes on one line: the full search is only for lines that hold such a character.
_DECEPTIVE = re.compile("[\u061c\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_EXECUTABLE = "100755"


def notices_of(change: Change, skipped: Iterable[str]) -> Iterator[Notice]:
    """Notices about the files of a change; what was added to a skipped one is still searched for secrets."""
    unread = set(skipped)
    for file in change.files:
        if file.status is not FileStatus.DELETED:
            yield from _about(file)
        if file.path in unread and file.kind is FileKind.TEXT:
            yield from _unread(file)
    yield from _in_words(change)


def _about(file: FileChange) -> Iterator[Notice]:
    name = printable(file.path)
    if name != file.path:
        yield Notice("file-name", f"The name {name} holds characters that can't be seen or move the cursor.", file.path)
    if file.kind is FileKind.SYMLINK:
        yield from _link(file, name)
    if file.kind is FileKind.SUBMODULE:
        moved = [_commit(line) for line in _lines(file, LineKind.REMOVED, LineKind.ADDED)]
        way = f"from {moved[0]} to {moved[1]}" if len(moved) == 2 else f"at {moved[0]}" if moved else ""
        yield Notice("submodule", f"The submodule {name} moved {way}".rstrip() + "; its code was not read.", file.path)
    # A new script may be executable from its first day; an old text that becomes a program is worth a look.
    if file.new_mode == _EXECUTABLE and file.old_mode not in (None, _EXECUTABLE):
        yield Notice("executable", f"{name} was made executable.", file.path)


def _link(file: FileChange, name: str) -> Iterator[Notice]:
    for line in _lines(file, LineKind.ADDED):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), line.text))
        # Such a link is how a checkout on a build server is made to read, or overwrite, what is outside of it.
        if target.startswith(("/", "../")) or target == "..":
            to = shortened(printable(line.text), 200)
            yield Notice("link-outside", f"{name} is a link to {to}, outside of the repository.", file.path)


def _unread(file: FileChange) -> Iterator[Notice]:
    """A secret must not slip in behind a header that says `@generated`."""
    added = list(_lines(file, LineKind.ADDED))
    text = "\n".join(line.text for line in added)
    name = printable(file.path)
    for secret in find_secrets(text):
        place = f"{name}:{added[secret.line - 1].new}"
        yield Notice("unread-secret", f"{place} adds a secret ({secret.title}); the file was not reviewed.", file.path)
    hidden = [
        line.new for line in added if _DECEPTIVE.search(line.text) and any(map(_deceives, find_hidden(line.text)))
    ]
    if hidden:
        places = f"{counted(len(hidden), 'line')}, first line {hidden[0]}"
        yield Notice("unread-hidden", f"{name} adds hidden characters ({places}); it was not reviewed.", file.path)


def _deceives(found: Hidden) -> bool:
    return found.kind in (HiddenKind.BIDI, HiddenKind.TAG)


def _in_words(change: Change) -> Iterator[Notice]:
    for what, text in (("title", change.title), ("description", change.description)):
        if find_hidden(text):
            yield Notice("hidden-words", f"The {what} of the change holds hidden or look-alike characters.")


def _lines(file: FileChange, *kinds: LineKind) -> Iterator[Line]:
    return (line for hunk in file.hunks for line in hunk.lines if line.kind in kinds)


def _commit(line: Line) -> str:
    return line.text.removeprefix("Subproject commit ")[:12]
