"""What servers decide: queue, alerts, rules, blocks; who watches and who reports a job."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Four tables more; nothing that stands is touched."""
    op.create_table(
        "server",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("queue_state", sa.String(length=10), nullable=False),
        sa.Column("queue_reason", sa.Text(), nullable=False),
        sa.Column("queue_by", sa.BigInteger(), nullable=True),
        sa.Column("alerts_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("models", sa.Text(), nullable=False),
        sa.Column("banned_words", sa.Text(), nullable=False),
        sa.Column("most_steps", sa.Integer(), nullable=True),
        sa.Column("largest", sa.String(length=20), nullable=True),
        sa.Column("private_by_default", sa.Boolean(), nullable=False),
        sa.Column("age_rule", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "queue_state IN ('open', 'paused', 'draining')", name=op.f("ck_server_queue_state")
        ),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_server")),
    )
    op.create_table(
        "block",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_block")),
    )
    op.create_table(
        "watcher",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_watcher_job_id")),
        sa.PrimaryKeyConstraint("job_id", "user_id", name=op.f("pk_watcher")),
    )
    op.create_table(
        "report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_report_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("job_id", "reporter_id", name=op.f("uq_report_job_id_reporter_id")),
    )
    op.create_index("ix_report_open", "report", ["told_at", "id"], unique=False)
