"""Searching reviews by words, newest first: from the words or from the rows, whichever is less to walk."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, ColumnElement, Integer, Row, Select, Uuid, column, func, literal_column, table
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review

_MOST_WORDS = 8
# PostgreSQL: so many rows are looked through before the index is asked, which must read every row that a word is in.
# One that is not in twenty of these is rare enough for that.
_WINDOW = 4000
# SQLite: so many rows that the words are in are looked through before those that the filters let through are.
_MATCHES = 1000

# Made by migration 0002.
_SQLITE = table("reviews_search", column("rowid", Integer), column("id", Uuid))
_POSTGRES: ColumnClause[str] = literal_column("reviews_search")


@dataclass(frozen=True, slots=True)
class Span:
    """Between which ids is searched: from the first, and before the last. None: there is no such end."""

    first: UUID | None = None
    before: UUID | None = None


def newest(
    session: Session, query: Select[Any], workspace_id: UUID, said: str, *, span: Span, filtered: bool, limit: int
) -> Sequence[Row[Any]]:
    """The newest rows of `query` (which selects `Review.id`) in which each word of `said` begins a word.

    `filtered` tells that the query asks for more than a workspace and a span.
    """
    # Letters and digits alone: no quote or operator is left that could mean something to the database.
    words = re.findall(r"[^\W_]+", said)[:_MOST_WORDS]
    if not words:
        return ()
    if session.connection().dialect.name == "postgresql":
        return _in_postgres(session, query, words, limit)
    matched = _in_sqlite(query, workspace_id, words, span)
    if not filtered:
        return session.execute(matched.limit(limit)).all()
    return _filtered_in_sqlite(session, query, matched, words, limit)


def _in_sqlite(query: Select[Any], workspace_id: UUID, words: Sequence[str], span: Span) -> Select[Any]:
    """The rows of the query that the words are in, in the order in which their table can be walked: that of ids."""
    wanted = " AND ".join(f'"{word}"*' for word in words)
    # The workspace is a word, too: else one with few reviews would wait for those of all others to be walked.
    wanted = f'workspace_id : "{workspace_id.hex}" AND {{title repository headline}} : ({wanted})'
    query = query.join(_SQLITE, _SQLITE.c.id == Review.id).where(literal_column("reviews_search").op("MATCH")(wanted))
    if span.first is not None:
        query = query.where(_SQLITE.c.rowid >= _number(span.first))
    if span.before is not None:
        query = query.where(_SQLITE.c.rowid <= _number(span.before) + 7)
    return query.order_by(_SQLITE.c.rowid.desc())


def _number(key: UUID) -> int:
    """The least number that a review with this id can have there; seven more is the largest: see migration 0002."""
    digits = key.hex
    return int(digits[:12] + digits[13:16], 16) << 3


def _filtered_in_sqlite(
    session: Session, query: Select[Any], matched: Select[Any], words: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    """Words that are rare are walked to their end; else the filters let through enough, or so few that all are read."""
    latest = matched.with_only_columns(_SQLITE.c.id, maintain_column_froms=False)
    del latest
    raise NotImplementedError
