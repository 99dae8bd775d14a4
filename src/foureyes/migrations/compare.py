"""How tables are held against models, and how differences are written down as a migration."""

from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, Connection, DateTime, Enum, MetaData, Uuid
from sqlalchemy.schema import SchemaItem

from foureyes import models
from foureyes.kit.database.base import UtcDateTime

# Made by hand in migrations: no model can say them for both databases.
_SEARCH = ("reviews_search", "ix_reviews_search")

_WRITTEN: tuple[tuple[type, str], ...] = (
    (UtcDateTime, "types.TIME"),
    (DateTime, "types.TIME"),
    (Uuid, "types.ID"),
    (BigInteger, "types.WHOLE"),
    (JSON, "types.JSON"),
)


def is_ours(item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:  # noqa: ARG001
    """Whether a table or index is one that models describe."""
    return not (name or "").startswith(_SEARCH)


def rendered(kind: str, item: object, context: object) -> str | Literal[False]:  # noqa: ARG001
    """A type of the models as migrations write it; False leaves it to Alembic."""
    if kind != "type":
        return False
    if isinstance(item, Enum):
        # Words are checked by the models, so that one more of them needs no migration.
        return f"sa.String(length={item.length})"
    return next((text for known, text in _WRITTEN if isinstance(item, known)), False)


OPTIONS: dict[str, Any] = {
    "target_metadata": models.User.metadata,
    "include_object": is_ours,
    "render_item": rendered,
    # SQLite alters a table by making it anew.
    "render_as_batch": True,
    "transactional_ddl": True,
    "compare_type": True,
    "compare_server_default": True,
}


def differences(connection: Connection, tables: MetaData = models.User.metadata) -> list[Any]:
    """What the models have and the database has not, or the other way round, as Alembic's operations; none is well."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  # Costs a start that does not migrate 80 ms.
    from alembic.migration import MigrationContext  # noqa: PLC0415

    context = MigrationContext.configure(connection, opts=OPTIONS | {"target_metadata": tables})
    found: list[Any] = compare_metadata(context, tables)
    return found
