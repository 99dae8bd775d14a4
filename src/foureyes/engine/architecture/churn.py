"""How often each file was changed lately: where the work goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from foureyes.git.repository import Repository
from foureyes.kit import clock

_LATELY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Churn:
    """How many commits changed each path since then."""

    since: datetime
    by_path: Mapping[str, int]


async def recent_churn(repository: Repository, head: str = "HEAD") -> Churn:
    """The churn of the last year; of all the history where nothing happened in that year.

    Raises:
        UnknownRevisionError: there is no commit yet.
    """
    since = clock.now() - _LATELY
    by_path = await repository.churn(since=since, head=head)
    if by_path:
        return Churn(since, by_path)
    since = datetime.fromtimestamp(0, UTC)
    return Churn(since, await repository.churn(since=since, head=head))
