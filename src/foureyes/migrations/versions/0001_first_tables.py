"""The first tables: accounts, workspaces, reviews with all that belongs to them, and usage."""

import sqlalchemy as sa
from alembic import op

from foureyes.migrations import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    _users()
    _workers()
    _workspaces()
    _api_keys()
    _blobs()
    _memberships()
    _model_cache()
    _review_days()
    _reviews()
    _sign_ins()
    _usage()
    _events()
    _findings()
    _idempotency_keys()
    _model_calls()
    _refresh_tokens()
    _reservations()
    _review_files()
    _status_changes()
    _feedback()


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("disabled_at", types.TIME, nullable=True),
        sa.Column("last_login_at", types.TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", types.WHOLE, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("kinds", types.JSON, nullable=False),
        sa.Column("slots", types.WHOLE, nullable=False),
        sa.Column("running", types.WHOLE, nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("started_at", types.TIME, nullable=False),
        sa.Column("seen_at", types.TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def _workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("monthly_budget", types.WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("user_id", types.ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", types.JSON, nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("expires_at", types.TIME, nullable=True),
        sa.Column("last_used_at", types.TIME, nullable=True),
        sa.Column("revoked_at", types.TIME, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_keys_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_api_keys_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )
    op.create_index("ix_api_keys_workspace_id", "api_keys", ["workspace_id"], unique=False)


def _blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", types.WHOLE, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("used_at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_blobs_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name="pk_blobs"),
    )
    op.create_index("ix_blobs_used_at", "blobs", ["used_at"], unique=False)


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("user_id", types.ID, nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("joined_at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_memberships_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)


def _model_cache() -> None:
    op.create_table(
        "model_cache",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("expires_at", types.TIME, nullable=False),
        sa.Column("hits", types.WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_model_cache_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name="pk_model_cache"),
    )
    op.create_index("ix_model_cache_expires_at", "model_cache", ["expires_at"], unique=False)


def _review_days() -> None:
    op.create_table(
        "review_days",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("reviews", types.WHOLE, nullable=False),
        sa.Column("cached", types.WHOLE, nullable=False),
        sa.Column("critical", types.WHOLE, nullable=False),
        sa.Column("high", types.WHOLE, nullable=False),
        sa.Column("medium", types.WHOLE, nullable=False),
        sa.Column("low", types.WHOLE, nullable=False),
        sa.Column("silent", types.WHOLE, nullable=False),
        sa.Column("input_tokens", types.WHOLE, nullable=False),
        sa.Column("cached_input_tokens", types.WHOLE, nullable=False),
        sa.Column("output_tokens", types.WHOLE, nullable=False),
        sa.Column("cost", types.WHOLE, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_review_days_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", "kind", "status", name="pk_review_days"),
    )


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("user_id", types.ID, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("trigger", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("repository", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("request", types.JSON, nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=300), nullable=True),
        sa.Column("fence", types.WHOLE, nullable=False),
        sa.Column("worker_id", types.ID, nullable=True),
        sa.Column("lease_until", types.TIME, nullable=True),
        sa.Column("not_before", types.TIME, nullable=True),
        sa.Column("failures", types.WHOLE, nullable=False),
        sa.Column("crashes", types.WHOLE, nullable=False),
        sa.Column("deferrals", types.WHOLE, nullable=False),
        sa.Column("cancel_asked_at", types.TIME, nullable=True),
        sa.Column("superseded_by", types.ID, nullable=True),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("done", types.WHOLE, nullable=False),
        sa.Column("total", types.WHOLE, nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("dead_at", types.TIME, nullable=True),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("findings", types.WHOLE, nullable=False),
        sa.Column("severities", types.JSON, nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("input_tokens", types.WHOLE, nullable=False),
        sa.Column("cached_input_tokens", types.WHOLE, nullable=False),
        sa.Column("output_tokens", types.WHOLE, nullable=False),
        sa.Column("model_calls", types.WHOLE, nullable=False),
        sa.Column("cost", types.WHOLE, nullable=True),
        sa.Column("cached", sa.Boolean(), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("started_at", types.TIME, nullable=True),
        sa.Column("finished_at", types.TIME, nullable=True),
        sa.Column("changed_at", types.TIME, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_reviews_user_id_users", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_reviews_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
    )
    op.create_index(
        "ix_reviews_dead",
        "reviews",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
        sqlite_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "ix_reviews_open",
        "reviews",
        ["status", "kind", "workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'processing', 'deferred')"),
        sqlite_where=sa.text("status IN ('pending', 'processing', 'deferred')"),
    )
    op.create_index("ix_reviews_workspace_id_id", "reviews", ["workspace_id", "id"], unique=False)
    op.create_index("ix_reviews_workspace_id_kind_id", "reviews", ["workspace_id", "kind", "id"], unique=False)
    op.create_index(
        "ix_reviews_workspace_id_language_id",
        "reviews",
        ["workspace_id", "language", "id"],
        unique=False,
        postgresql_where=sa.text("language <> ''"),
        sqlite_where=sa.text("language <> ''"),
    )
    op.create_index(
        "ix_reviews_workspace_id_line",
        "reviews",
        ["workspace_id", "line"],
        unique=False,
        postgresql_where=sa.text("line IS NOT NULL"),
        sqlite_where=sa.text("line IS NOT NULL"),
    )
    op.create_index(
        "ix_reviews_workspace_id_repository_id",
        "reviews",
        ["workspace_id", "repository", "id"],
        unique=False,
        postgresql_where=sa.text("repository <> ''"),
        sqlite_where=sa.text("repository <> ''"),
    )
    op.create_index(
        "ix_reviews_workspace_id_request_digest", "reviews", ["workspace_id", "request_digest"], unique=False
    )
    op.create_index("ix_reviews_workspace_id_status_id", "reviews", ["workspace_id", "status", "id"], unique=False)


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("user_id", types.ID, nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.Column("expires_at", types.TIME, nullable=False),
        sa.Column("revoked_at", types.TIME, nullable=True),
        sa.Column("revoked_why", sa.String(length=40), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_ins_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"], unique=False)


def _usage() -> None:
    op.create_table(
        "usage",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("reviews", types.WHOLE, nullable=False),
        sa.Column("calls", types.WHOLE, nullable=False),
        sa.Column("input_tokens", types.WHOLE, nullable=False),
        sa.Column("cached_input_tokens", types.WHOLE, nullable=False),
        sa.Column("output_tokens", types.WHOLE, nullable=False),
        sa.Column("spent", types.WHOLE, nullable=False),
        sa.Column("reserved", types.WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_usage_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "month", name="pk_usage"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=True),
        sa.Column("user_id", types.ID, nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("review_id", types.ID, nullable=True),
        sa.Column("facts", types.JSON, nullable=False),
        sa.Column("at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_events_review_id_reviews", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_events_user_id_users", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_events_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_review_id", "events", ["review_id"], unique=False)
    op.create_index("ix_events_workspace_id_id", "events", ["workspace_id", "id"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("review_id", types.ID, nullable=False),
        sa.Column("position", types.WHOLE, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("start_line", types.WHOLE, nullable=False),
        sa.Column("end_line", types.WHOLE, nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("suggestion", types.JSON, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("also", types.JSON, nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("trace", types.JSON, nullable=True),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_findings_review_id_reviews", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_findings_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_review_id_position", "findings", ["review_id", "position"], unique=False)
    op.create_index("ix_findings_workspace_id_fingerprint", "findings", ["workspace_id", "fingerprint"], unique=False)


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("review_id", types.ID, nullable=False),
        sa.Column("created_at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_idempotency_keys_review_id_reviews", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_idempotency_keys_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)


def _model_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("review_id", types.ID, nullable=True),
        sa.Column("fence", types.WHOLE, nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("input_tokens", types.WHOLE, nullable=False),
        sa.Column("cached_input_tokens", types.WHOLE, nullable=False),
        sa.Column("cache_written_tokens", types.WHOLE, nullable=False),
        sa.Column("output_tokens", types.WHOLE, nullable=False),
        sa.Column("cost", types.WHOLE, nullable=True),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("attempt", types.WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", types.TIME, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_model_calls_review_id_reviews", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_model_calls_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_calls"),
    )
    op.create_index("ix_model_calls_review_id", "model_calls", ["review_id"], unique=False)
    op.create_index("ix_model_calls_workspace_id_id", "model_calls", ["workspace_id", "id"], unique=False)


def _refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("sign_in_id", types.ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", types.TIME, nullable=False),
        sa.Column("expires_at", types.TIME, nullable=False),
        sa.Column("used_at", types.TIME, nullable=True),
        sa.Column("used_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_ins.id"], name="fk_refresh_tokens_sign_in_id_sign_ins", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.UniqueConstraint("digest", name="uq_refresh_tokens_digest"),
    )
    op.create_index("ix_refresh_tokens_sign_in_id", "refresh_tokens", ["sign_in_id"], unique=False)


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("review_id", types.ID, nullable=False),
        sa.Column("fence", types.WHOLE, nullable=False),
        sa.Column("amount", types.WHOLE, nullable=False),
        sa.Column("made_at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_reservations_review_id_reviews", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_reservations_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservations"),
    )
    op.create_index("ix_reservations_review_id", "reservations", ["review_id"], unique=False)


def _review_files() -> None:
    op.create_table(
        "review_files",
        sa.Column("review_id", types.ID, nullable=False),
        sa.Column("position", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("coverage", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("by", types.JSON, nullable=False),
        sa.Column("hunks", types.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_review_files_review_id_reviews", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_review_files_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "position", name="pk_review_files"),
    )
    op.create_index("ix_review_files_workspace_id", "review_files", ["workspace_id"], unique=False)


def _status_changes() -> None:
    op.create_table(
        "status_changes",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("review_id", types.ID, nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("fence", types.WHOLE, nullable=False),
        sa.Column("worker_id", types.ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name="fk_status_changes_review_id_reviews", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_status_changes"),
    )
    op.create_index("ix_status_changes_review_id_id", "status_changes", ["review_id", "id"], unique=False)


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", types.ID, nullable=False),
        sa.Column("workspace_id", types.ID, nullable=False),
        sa.Column("finding_id", types.ID, nullable=False),
        sa.Column("user_id", types.ID, nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", types.TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name="fk_feedback_finding_id_findings", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_feedback_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="fk_feedback_workspace_id_workspaces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("finding_id", "user_id", "question", name="uq_feedback_finding_id_user_id_question"),
    )
    op.create_index("ix_feedback_workspace_id", "feedback", ["workspace_id"], unique=False)
