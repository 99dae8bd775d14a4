"""What commits say of themselves, and how often files change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foureyes.git.door import Git
from foureyes.kit.text import decode

# Enough for hotspots; the whole history of a large repository takes minutes.
_MOST_COMMITS = 10_000
_FORMAT = "--format=%H%n%an%n%aI%n%s%n%b"
_OPTIONS = ("--no-color", "--no-show-signature", "--encoding=UTF-8", "-z")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit as its message tells it: the subject is the first paragraph, the body all behind it."""

    id: str
    author: str
    date: datetime
    subject: str
    body: str


async def log(git: Git, revisions: Sequence[str], *, limit: int) -> tuple[Commit, ...]:
    """At most `limit` commits, the newest first."""
    output = await git.text("log", *_OPTIONS, _FORMAT, f"--max-count={limit}", *revisions, "--")
    return tuple(_commit(record) for record in output.split("\0") if record)


async def churn(git: Git, head: str, *, since: datetime, paths: Sequence[str]) -> dict[str, int]:
    """For each file, the commits (merges apart) that changed it since then, counted from `head` back."""
    output = await git.run(
        "log", *_OPTIONS, "--format=", "--no-merges", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv",
        "--ignore-submodules=all", f"--since={since.isoformat()}", f"--max-count={_MOST_COMMITS}", head, "--", *paths,
    )  # fmt: skip
    return dict(Counter(decode(name) for name in output.split(b"\0") if name))


def _commit(record: str) -> Commit:
    name, author, date, subject, body = record.split("\n", 4)
    return Commit(name, author, datetime.fromisoformat(date), subject, body.strip("\n"))
