"""Searching reviews by words, newest first: from the words or from the rows, whichever is less to walk."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Integer,
    Row,
    Select,
    Uuid,
    and_,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session

from foureyes.models.reviews import Review

_MOST_WORDS = 8
# PostgreSQL: so many rows are looked through before the index is asked, which must read every row that a word is in.
# One that is not in twenty of these is rare enough for that.
_WINDOW = 4000
# SQLite: so many rows that the words are in are looked through before those that the filters let through are read,
# and so many of these before all that the words are in are looked through.
_MATCHES = 200
_MOST_READ = 2000

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
    return _in_sqlite(session, query, _matching(workspace_id, words, span), words, filtered=filtered, limit=limit)


def _in_sqlite(
    session: Session,
    query: Select[Any],
    matching: ColumnElement[bool],
    words: Sequence[str],
    *,
    filtered: bool,
    limit: int,
) -> Sequence[Row[Any]]:
    """Words that are rare are walked to their end; of common ones, rows of a rare filter are read first."""
    # The order of numbers is that of ids, and the one in which the table of words can be walked.
    walk = query.join(_SQLITE, _SQLITE.c.id == Review.id).where(matching).order_by(_SQLITE.c.rowid.desc()).limit(limit)
    if filtered:
        latest = select(_SQLITE.c.id).where(matching).order_by(_SQLITE.c.rowid.desc()).limit(_MATCHES).subquery()
        some = query.join(latest, latest.c.id == Review.id).order_by(Review.id.desc()).limit(limit)
        found = session.execute(some).all()
        if len(found) == limit or (session.scalar(select(func.count()).select_from(latest)) or 0) < _MATCHES:
            return found
        keys = _read(session, query, words, limit)
        if keys is not None:
            return session.execute(query.where(Review.id.in_(keys)).order_by(Review.id.desc())).all()
    return session.execute(walk).all()


def _matching(workspace_id: UUID, words: Sequence[str], span: Span) -> ColumnElement[bool]:
    """What rows of SQLite's table of words are to be."""
    wanted = " AND ".join(f'"{word}"*' for word in words)
    # The workspace is a word, too: else one with few reviews would wait for those of all others to be walked.
    wanted = f'workspace_id : "{workspace_id.hex}" AND {{title repository headline}} : ({wanted})'
    conditions: list[ColumnElement[bool]] = [literal_column("reviews_search").op("MATCH")(wanted)]
    if span.first is not None:
        conditions.append(_SQLITE.c.rowid >= _number(span.first))
    if span.before is not None:
        conditions.append(_SQLITE.c.rowid <= _number(span.before) + 7)
    return and_(*conditions)


def _number(key: UUID) -> int:
    """The least number that a review with this id can have there; seven more is the largest: see migration 0002."""
    digits = key.hex
    return int(digits[:12] + digits[13:16], 16) << 3


def _read(session: Session, query: Select[Any], words: Sequence[str], limit: int) -> list[UUID] | None:
    """The newest rows of the query that each of the words begins a word of; None when too many would have to be read.

    To ask SQLite's table of words for one row at a time costs thirty times as much.
    """
    begins = [re.compile(rf"(?<![^\W_]){re.escape(_folded(word))}") for word in words]
    texts = query.with_only_columns(Review.id, Review.title, Review.repository, Review.headline)
    rows = session.execute(texts.order_by(Review.id.desc()).limit(_MOST_READ).execution_options(yield_per=200))
    found: list[UUID] = []
    read = 0
    for key, *parts in rows:
        read += 1
        text = _folded("\n".join(parts))
        if all(begin.search(text) for begin in begins):
            found.append(key)
            if len(found) == limit:
                return found
    return found if read < _MOST_READ else None


def _folded(text: str) -> str:
    """As SQLite compares words: without capitals and accents (unicode61)."""
    if text.isascii():
        return text.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


def _in_postgres(session: Session, query: Select[Any], words: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    matches = [_POSTGRES.op("@@")(func.to_tsquery("simple", f"{word}:*")) for word in words]
    window = query.add_columns(_POSTGRES).order_by(Review.id.desc()).limit(_WINDOW).subquery()
    found = session.execute(
        select(*(one for one in window.c if one.name != _POSTGRES.name))
        .where(*matches)
        .order_by(window.c.id.desc())
        .limit(limit)
    ).all()
    if len(found) == limit:
        return found
    seen, *having = session.execute(
        select(func.count(), *(func.count().filter(one) for one in matches)).select_from(window)
    ).one()
    if seen < _WINDOW:
        return found
    # The index is asked for the rarest word alone: for a common one it would list half of all rows.
    rarest = having.index(min(having))
    others = [_unindexed(word) for place, word in enumerate(words) if place != rarest]
    # Without a limit inside: with one, the planner walks all rows for a word that it takes to be in every 200th.
    every = query.where(matches[rarest], *others).cte("found").prefix_with("MATERIALIZED")
    return session.execute(select(every).order_by(every.c.id.desc()).limit(limit)).all()


def _unindexed(word: str) -> ColumnElement[bool]:
    """The same question about a row, of a kind that no index answers."""
    return func.coalesce(_POSTGRES, literal_column("''::tsvector")).op("@@")(func.to_tsquery("simple", f"{word}:*"))
