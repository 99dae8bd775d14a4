"""Searching reviews by words, newest first: SQLite walks its own table of words, PostgreSQL rows and then its index."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, Integer, Row, Select, Uuid, column, func, literal_column, select, table
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review

_MOST_WORDS = 8
# So many rows are looked through before the index is asked: it must read every row that a word is in, and one that is
# not in twenty of these is rare enough for that.
_WINDOW = 4000

# Made by migration 0002.
_SQLITE = table("reviews_search", column("rowid", Integer), column("id", Uuid))
_POSTGRES: ColumnClause[str] = literal_column("reviews_search")


def newest(
    session: Session, query: Select[Any], workspace_id: UUID, said: str, *, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The newest rows of `query` (which selects `Review.id`) in which each word of `said` begins a word."""
    # Letters and digits alone: no quote or operator is left that could mean something to the database.
    words = re.findall(r"[^\W_]+", said)[:_MOST_WORDS]
    if not words:
        return ()
    if session.connection().dialect.name == "sqlite":
        return _in_sqlite(session, query, workspace_id, words, before=before, limit=limit)
    return _in_postgres(session, query, words, limit)


def _in_sqlite(
    session: Session, query: Select[Any], workspace_id: UUID, words: Sequence[str], *, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    wanted = " AND ".join(f'"{word}"*' for word in words)
    # The workspace is a word, too: else one with few reviews would wait for those of all others to be walked.
    wanted = f'workspace_id : "{workspace_id.hex}" AND {{title repository headline}} : ({wanted})'
    query = query.join(_SQLITE, _SQLITE.c.id == Review.id).where(literal_column("reviews_search").op("MATCH")(wanted))
    if before is not None:
        query = query.where(_SQLITE.c.rowid <= _number(before))
    # The order of numbers is that of ids, and the one in which this table can be walked.
    return session.execute(query.order_by(_SQLITE.c.rowid.desc()).limit(limit)).all()


def _number(key: UUID) -> int:
    """The largest number that a review with this id can have there: see migration 0002."""
    digits = key.hex
    return (int(digits[:12] + digits[13:16], 16) << 3) + 7


def _in_postgres(session: Session, query: Select[Any], words: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    matches = _POSTGRES.op("@@")(func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words)))
    window = query.add_columns(_POSTGRES).order_by(Review.id.desc()).limit(_WINDOW).subquery()
    found = session.execute(
        select(*(one for one in window.c if one.name != _POSTGRES.name))
        .where(matches)
        .order_by(window.c.id.desc())
        .limit(limit)
    ).all()
    if len(found) == limit:
        return found
    # Without a limit inside: with one, the planner walks all rows for a word that it takes to be in every 200th.
    every = query.where(matches).cte("found").prefix_with("MATERIALIZED")
    return session.execute(select(every).order_by(every.c.id.desc()).limit(limit)).all()
