"""What someone asks to have reviewed, as it is sent: text inline in JSON, every part bounded."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from foureyes.code.languages import Language
from foureyes.models.reviews import ReviewKind

LARGEST_FILE = 1 << 20
LARGEST_IN_ALL = 10 << 20
MOST_FILES = 2_000
_LONGEST_PATH = 1_000
_LONGEST_POLICY = 64 << 10
# Sizes are told in bytes by `sources`, with 413; this is only what no field may be without.
_LONGEST_TEXT = LARGEST_IN_ALL
_LONGEST_ARCHIVE = 4 * -(-LARGEST_IN_ALL // 3)

_NO_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|[/.]$|\.lock$")


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("has a NUL character, which no database keeps")
    return text


def _safe_path(path: str) -> str:
    """A path below some folder, whatever system it is used on; paths are names here, and never opened as they are."""
    parts = path.split("/")
    if path.startswith(("/", "\\")) or (len(path) > 1 and path[1] == ":" and path[0].isalpha()):
        raise ValueError("is absolute: write it relative to the top of the code")
    if any(part in ("", ".", "..") for part in parts):
        raise ValueError("has an empty part, `.` or `..` in it: write it as it is below the top of the code")
    if parts[0].lower() == ".git":
        raise ValueError("is inside of .git, which is no code")
    if any(len(part.encode()) > 255 for part in parts):
        raise ValueError("has a part of more than 255 bytes, which no file system holds")
    return path


def _plain_revision(name: str) -> str:
    """A name as git-check-ref-format(1) allows it: no ranges, no ancestors, and nothing that looks like an option."""
    if _NO_NAME.search(name):
        raise ValueError("is no commit, branch or tag: write its plain name, without ranges, ~ or ^")
    return name


Storable = AfterValidator(_storable)
Path = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_PATH), Storable, AfterValidator(_safe_path)]
Text = Annotated[str, StringConstraints(max_length=_LONGEST_TEXT)]
Revision = Annotated[
    str,
    StringConstraints(min_length=1, max_length=250),
    AfterValidator(_plain_revision),
    Field(description="A commit, branch or tag."),
]


class _Wanted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FileWanted(_Wanted):
    """One file of text."""

    path: Path
    content: Text


class OneFileSource(_Wanted):
    """One file, or a snippet without a name of which the `language` is told."""

    type: Literal["file"]
    path: Path | None = None
    content: Text


class FilesSourceWanted(_Wanted):
    """Several files, which are judged whole, as if each line were new."""

    type: Literal["files"]
    files: Annotated[tuple[FileWanted, ...], Field(min_length=1, max_length=MOST_FILES)]


class PatchSourceWanted(_Wanted):
    """A unified diff, as `git diff` writes it; `files` of its new version give context, where they are at hand."""

    type: Literal["patch"]
    patch: Text
    files: Annotated[tuple[FileWanted, ...], Field(max_length=MOST_FILES)] = ()


class ArchiveSource(_Wanted):
    """Files in an archive, in base64: folders are kept, links and devices are refused."""

    type: Literal["archive"]
    format: Literal["zip", "tar.gz"]
    content: Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_ARCHIVE)]


class RepositorySourceWanted(_Wanted):
    """A range of a repository that can be cloned over https. Without `base`: what the one commit `head` changed."""

    type: Literal["repository"]
    url: Annotated[str, StringConstraints(min_length=1, max_length=500), Storable]
    head: Revision
    base: Revision | None = None


SourceWanted = Annotated[
    OneFileSource | FilesSourceWanted | PatchSourceWanted | ArchiveSource | RepositorySourceWanted,
    Field(discriminator="type"),
]


class ReviewWanted(_Wanted):
    """A review to be done."""

    kind: Literal[ReviewKind.REVIEW, ReviewKind.DEBUG, ReviewKind.ARCHITECTURE] = ReviewKind.REVIEW
    source: SourceWanted
    title: Annotated[str, StringConstraints(max_length=300), Storable] = ""
    description: Annotated[str, StringConstraints(max_length=20_000), Storable] = ""
    """What the change is for: reviewers read it, and so does the model."""
    language: Language | None = None
    """The language of a snippet without a name; elsewhere it is told by names and contents."""
    error: Text | None = None
    """For `debug`: the error as it was printed, a traceback or a log."""
    policy: Annotated[str, StringConstraints(max_length=_LONGEST_POLICY), Storable] = ""
    """The text of a `.foureyes.toml`, in the place of the repository's own."""
    model: bool = True
    """False: static analysers alone."""
    fresh: bool = False
    """True: run it, even where an equal review was completed within a day."""
    supersedes: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable] | None = None
    """A name of your own for a line of work, such as a branch: older reviews of the same name that are not over end."""


REVIEW_EXAMPLES = {
    "file": {
        "summary": "One file",
        "value": {
            "kind": "review",
            "source": {"type": "file", "path": "app.py", "content": "def first(items):\n    return items[0]\n"},
            "title": "First of a list",
        },
    },
    "patch": {
        "summary": "A patch",
        "value": {
            "source": {
                "type": "patch",
                "patch": "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = eval(input())\n",
            },
            "supersedes": "feature/input",
        },
    },
    "repository": {
        "summary": "A range of a repository",
        "value": {
            "source": {
                "type": "repository",
                "url": "https://git.example.org/shop.git",
                "base": "main",
                "head": "feature/cart",
            },
        },
    },
    "debug": {
        "summary": "An error and the code it comes from",
        "value": {
            "kind": "debug",
            "source": {"type": "file", "path": "app.py", "content": "def first(items):\n    return items[0]\n"},
            "error": 'Traceback (most recent call last):\n  File "app.py", line 2, in first\n'
            "IndexError: list index out of range\n",
        },
    },
}
