"""The request and the trace that a review belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Added in place and not in a batch, which may make the table anew on SQLite: the search's triggers would be gone.
    op.add_column("reviews", sa.Column("request_id", sa.String(length=100), nullable=True))
    op.add_column("reviews", sa.Column("trace_parent", sa.String(length=60), nullable=True))
