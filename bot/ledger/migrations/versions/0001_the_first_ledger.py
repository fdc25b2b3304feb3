"""The first ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first ledger."""
    op.create_table(
        "access",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "role_id", name=op.f("pk_access")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("pending_nusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("posted_nusd", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "owner", "period", name=op.f("uq_account_kind_owner_period")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_guild", "audit", ["guild_id", "id"], unique=False)
    op.create_table(
        "lane",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("pause_kind", sa.String(length=20), nullable=True),
        sa.Column("pause_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_until_line", sa.BigInteger(), nullable=True),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("money_nusd", sa.BigInteger(), nullable=True),
        sa.Column("slow_down_strikes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("credit_strikes", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("name", name=op.f("uq_lane_name")),
    )
    op.create_table(
        "note",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_note")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("idem", sa.String(length=60), nullable=False),
        sa.Column("lane_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("parent_key", sa.String(length=20), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=True),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("size", sa.String(length=20), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=True),
        sa.Column("guidance", sa.Float(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("spoiler", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before_line", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.String(length=60), nullable=True),
        sa.Column("lease_until_line", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("media", sa.String(length=200), nullable=True),
        sa.Column("mime", sa.String(length=40), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=True),
        sa.Column("cost_basis", sa.String(length=10), nullable=True),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_token", sa.Text(), nullable=True),
        sa.Column("token_ends_at", sa.BigInteger(), nullable=False),
        sa.Column("card_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('leased', 'sent')) = (lease_until_line IS NOT NULL)",
            name=op.f("ck_job_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'sent', 'done', 'failed', 'cancelled')",
            name=op.f("ck_job_state"),
        ),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_job_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("idem", name=op.f("uq_job_idem")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index("ix_job_line", "job", ["lane_id", "state", "user_id", "id"], unique=False)
    op.create_index("ix_job_parent", "job", ["parent_key"], unique=False)
    op.create_index("ix_job_person", "job", ["guild_id", "user_id", "id"], unique=False)
    op.create_table(
        "lane_window",
        sa.Column("lane_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("period_ms", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Integer(), nullable=False),
        sa.CheckConstraint("in_force BETWEEN 1 AND cap", name=op.f("ck_lane_window_in_force")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_lane_window_lane_id")),
        sa.PrimaryKeyConstraint("lane_id", "name", name=op.f("pk_lane_window")),
    )
    op.create_table(
        "token",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("lane_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_token_lane_id")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_token")),
    )
    op.create_table(
        "outbox",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'told', 'kept')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_outbox_job_id")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "next_at"], unique=False)
    op.create_table(
        "permit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lane_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sent_line", sa.BigInteger(), nullable=False),
        sa.Column("answered_line", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'counted', 'refunded')", name=op.f("ck_permit_state")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_permit_job_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_permit_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint("job_id", "attempt", name=op.f("uq_permit_job_id_attempt")),
    )
    op.create_index(
        "ix_permit_window",
        "permit",
        ["lane_id", "sent_line"],
        unique=False,
        sqlite_where=sa.text("state <> 'refunded'"),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "pending_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('post', 'void')) = (pending_id IS NOT NULL)",
            name=op.f("ck_transfer_pending"),
        ),
        sa.CheckConstraint(
            "kind IN ('reserve', 'post', 'void', 'correct')", name=op.f("ck_transfer_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transfer_account_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_transfer_job_id")),
        sa.ForeignKeyConstraint(
            ["pending_id"], ["transfer.id"], name=op.f("fk_transfer_pending_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint(
            "account_id",
            "job_id",
            "attempt",
            "kind",
            name=op.f("uq_transfer_account_id_job_id_attempt_kind"),
        ),
        sa.UniqueConstraint("pending_id", name=op.f("uq_transfer_pending_id")),
    )
    op.create_index("ix_transfer_use", "transfer", ["account_id", "at"], unique=False)
    op.create_table(
        "usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=True),
        sa.Column("cost_basis", sa.String(length=10), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_usage_job_id")),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_usage_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
        sa.UniqueConstraint("job_id", "attempt", name=op.f("uq_usage_job_id_attempt")),
    )
    op.create_index("ix_usage_day", "usage", ["guild_id", "day"], unique=False)
    op.create_index("ix_usage_person", "usage", ["guild_id", "user_id", "at"], unique=False)
