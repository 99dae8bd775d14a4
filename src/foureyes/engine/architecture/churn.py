"""How often each file was changed lately: where the work goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from foureyes.errors import UnknownRevisionError
from foureyes.git.repository import Repository
from foureyes.kit import clock

# Older changes tell of code that may be gone; a year holds every season of a project.
_LATELY = timedelta(days=365)
# Reading commits of the largest histories takes seconds; ten thousand a year are the busiest of projects.
_MOST_COMMITS = 10_000


@dataclass(frozen=True, slots=True)
class Churn:
    """Commits counted, and how many of them changed each path."""

    commits: int
    by_path: Mapping[str, int]


async def recent_churn(repository: Repository, head: str = "HEAD") -> Churn | None:
    """The churn of the last year up to `head`; None before the first commit."""
    since = clock.now() - _LATELY
    try:
        commits = await repository.log(head, limit=_MOST_COMMITS)
    except UnknownRevisionError:
        return None
    recent = sum(commit.date >= since for commit in commits)
    return Churn(recent, await repository.churn(since=since, head=head))
