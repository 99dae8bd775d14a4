"""Words of titles, repositories and headlines, to be searched: an index on PostgreSQL, a table of its own on SQLite."""

from alembic import op

revision = "0002"
down_revision = "0001"

# Both split at these signs, so that a part of an address or of a path is a word that is found.
_SIGNS = r"/.:_-@#+=\~,;()[]"

# A row of the search is found by the order of its review's id, so that both can be walked newest first: the fifteen
# hexadecimal digits of a uuid7 that are its time and counter, and three bits for those that are equal in these.
# The rowid of `reviews` would not do: VACUUM numbers a table anew whose key is no integer.
_DIGITS = [*range(1, 13), *range(14, 17)]
_NUMBER = "(({}) << 3)".format(
    " | ".join(
        f"((instr('0123456789abcdef', substr({{row}}.id, {digit}, 1)) - 1) << {4 * (14 - place)})"
        for place, digit in enumerate(_DIGITS)
    )
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgres()


def _postgres() -> None:
    words = f"translate(title || ' ' || repository || ' ' || headline, '{_SIGNS}', '{' ' * len(_SIGNS)}')"
    # Kept in the row: to split the words of 5,000 rows anew takes 100 ms, to compare those that are split 5 ms.
    op.get_bind().exec_driver_sql(
        "ALTER TABLE reviews ADD COLUMN reviews_search tsvector "
        f"GENERATED ALWAYS AS (to_tsvector('simple', {words})) STORED"
    )
    op.get_bind().exec_driver_sql("CREATE INDEX ix_reviews_search ON reviews USING gin (reviews_search)")


def _sqlite() -> None:
    new, old = _NUMBER.format(row="new"), _NUMBER.format(row="old")
    free = f"coalesce((SELECT max(rowid) + 1 FROM reviews_search WHERE rowid BETWEEN {new} AND {new} + 6), {new})"  # noqa: S608  # Made of our own digits alone.
    old_row = f"rowid BETWEEN {old} AND {old} + 7 AND id = old.id"
    for statement in (
        _TABLE,
        # Replaced rather than refused: a review must not be lost because its words can't be found.
        _INSERT.format(number=free),
        _UPDATE.format(old_row=old_row),
        _DELETE.format(old_row=old_row),
    ):
        op.get_bind().exec_driver_sql(statement)


_TABLE = """
CREATE VIRTUAL TABLE reviews_search USING fts5(
    title, repository, headline, workspace_id, id UNINDEXED, detail = column, prefix = '1 2 3 4 5 6 7 8'
)
"""
_INSERT = """
CREATE TRIGGER reviews_search_insert AFTER INSERT ON reviews BEGIN
    INSERT OR REPLACE INTO reviews_search (rowid, title, repository, headline, workspace_id, id)
    VALUES ({number}, new.title, new.repository, new.headline, new.workspace_id, new.id);
END
"""
_UPDATE = """
CREATE TRIGGER reviews_search_update AFTER UPDATE OF title, repository, headline ON reviews BEGIN
    UPDATE reviews_search SET title = new.title, repository = new.repository, headline = new.headline
    WHERE {old_row};
END
"""
_DELETE = """
CREATE TRIGGER reviews_search_delete AFTER DELETE ON reviews BEGIN
    DELETE FROM reviews_search WHERE {old_row};
END
"""
