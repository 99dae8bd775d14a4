"""Types of columns as migrations write them: frozen here, so that an old migration means the same for ever."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

ID = sa.Uuid()
TIME = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
