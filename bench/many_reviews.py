"""A store with very many reviews, quickly made: as JSON, ten thousand rows in one statement."""

import json
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from foureyes import models
from foureyes.kit.database.port import Database
from foureyes.models.reviews import ReviewKind, ReviewStatus

BATCH, DAYS = 10_000, 365
BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
# The first workspace has nearly all, the second one in five hundred.
WORKSPACES = [UUID(int=1 << 80 | 7 << 76 | number) for number in range(2)]
_LANGUAGES = ["python"] * 600 + ["typescript"] * 250 + ["go"] * 100 + ["rust"] * 49 + ["cobol"]
_STATUSES = ["completed"] * 900 + ["failed"] * 50 + ["superseded"] * 49 + ["cancelled"]
_KINDS = ["review"] * 950 + ["debug"] * 49 + ["architecture"]
_WORDS = [
    "fix",
    "add",
    "remove",
    "rename",
    "cache",
    "retry",
    "parse",
    "token",
    "order",
    "invoice",
    "login",
    "button",
    "query",
    "index",
    "worker",
    "test",
]
_REPOSITORIES = [f"https://github.com/acme/service-{number}" for number in range(200)]
_NAMES = ["id", "workspace_id", "kind", "status", "language", "repository", "title", "headline", "created_at"]
_REST = {
    "trigger": "'webhook'",
    "request": "'" + json.dumps(["x" * 500]) + "'",
    "request_digest": "''",
    "severities": "'[3]'",
    "cached": "false",
    "verdict": "'comments'",
    **dict.fromkeys(("stage", "error_code", "error", "model"), "''"),
    **dict.fromkeys(("fence", "failures", "crashes", "deferrals", "done", "total", "findings"), "3"),
    **dict.fromkeys(("input_tokens", "cached_input_tokens", "output_tokens", "model_calls"), "3"),
}


def key_at(number: int, count: int) -> UUID:
    """The id of the review with this number: a uuid7 of its time."""
    moment = BEGIN + timedelta(days=DAYS) * (number / count)
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | (number & 0xFFF) << 64 | 0b10 << 62 | number)


async def fill(database: Database, count: int) -> None:
    await database.write(_add_workspaces)
    luck = random.Random(1)
    for start in range(0, count, BATCH):
        rows = [_row(number, count, luck) for number in range(start, min(start + BATCH, count))]
        await database.write(_add, json.dumps(rows))
    await database.write(_add_days)
    await database.write(lambda session: session.execute(text("ANALYZE")))


def _row(number: int, count: int, luck: random.Random) -> list[str]:
    key = key_at(number, count)
    title = " ".join(luck.choices(_WORDS, k=5))
    # One word in a hundred rows, and one in fifty thousand.
    headline = (
        " ".join(luck.choices(_WORDS, k=8)) + " flaky" * (number % 100 == 7) + " zanzibar" * (number % 50_000 == 9)
    )
    return [
        str(key),
        str(WORKSPACES[number % 500 == 3]),
        luck.choice(_KINDS),
        luck.choice(_STATUSES),
        luck.choice(_LANGUAGES),
        luck.choice(_REPOSITORIES) if number % 100_000 != 11 else "https://github.com/acme/rare",
        f"{title} {number}",
        headline,
        datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
        .isoformat(sep=" ", timespec="microseconds")
        .removesuffix("+00:00"),
    ]


def _add(session: Session, rows: str) -> None:
    columns = ", ".join([*_NAMES, "changed_at", *_REST])
    if session.connection().dialect.name == "sqlite":
        values = [f"replace(value ->> {place}, '-', '')" if place < 2 else f"value ->> {place}" for place in range(9)]
        source = "json_each(:rows)"
    else:
        kinds = ["uuid", "uuid", *["text"] * 6, "timestamp"]
        values = [f"CAST(value ->> {place} AS {kind})" for place, kind in enumerate(kinds)]
        values[-1] += " AT TIME ZONE 'UTC'"
        source = "jsonb_array_elements(CAST(CAST(:rows AS text) AS jsonb))"
    chosen = ", ".join([*values, values[-1], *_rest(session)])
    session.execute(text(f"INSERT INTO reviews ({columns}) SELECT {chosen} FROM {source}"), {"rows": rows})


def _rest(session: Session) -> list[str]:
    if session.connection().dialect.name == "sqlite":
        return list(_REST.values())
    return [f"CAST({value} AS jsonb)" if name in ("request", "severities") else value for name, value in _REST.items()]


def _add_workspaces(session: Session) -> None:
    session.execute(
        insert(models.Workspace),
        [{"id": key, "name": "w", "personal": False, "created_at": BEGIN} for key in WORKSPACES],
    )


def _add_days(session: Session) -> None:
    """A row for each day, kind and status, as they are added up while reviews end."""
    session.execute(
        insert(models.ReviewDay),
        [
            {
                "workspace_id": key,
                "day": (BEGIN + timedelta(days=day)).date(),
                "kind": kind,
                "status": status,
                "reviews": 9,
            }
            for key in WORKSPACES
            for day in range(DAYS)
            for kind in ReviewKind
            for status in ReviewStatus
            if status.ended
        ],
    )
