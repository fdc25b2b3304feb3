"""The tables of the ledger, and nothing else. Used by all of bot/ledger and its migrations.

Wall times are BIGINT milliseconds UTC and end in `_at`. Times that decide about windows, leases and
pauses end in `_line`: they count on a line that no clock step moves (see timeline.py). Money is
BIGINT nano-USD. Ids of Discord are BIGINT.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row ids only to INTEGER keys.
_Id = BigInteger().with_variant(Integer, "sqlite")

lane = Table(
    "lane",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("pause_kind", String(20)),
    Column("pause_reason", Text, nullable=False, server_default=""),
    Column("paused_until_line", BigInteger),
    Column("in_flight", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    Column("money_nusd", BigInteger),
    Column("slow_down_strikes", Integer, nullable=False, server_default="0"),
    Column("credit_strikes", Integer, nullable=False, server_default="0"),
)

lane_window = Table(
    "lane_window",
    metadata,
    Column("lane_id", _Id, ForeignKey("lane.id"), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("period_ms", BigInteger, nullable=False),
    Column("cap", Integer, nullable=False),
    Column("in_force", Integer, nullable=False),
    Column("cut_line", BigInteger),  # when a refusal lowered it last
    CheckConstraint("in_force BETWEEN 1 AND cap", name="in_force"),
)

token = Table(
    "token",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("lane_id", _Id, ForeignKey("lane.id"), nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("period", String(10), nullable=False),
    Column("pending_nusd", BigInteger, nullable=False, server_default="0"),
    Column("posted_nusd", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("kind", "owner", "period"),
)

job = Table(
    "job",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", String(20), nullable=False, unique=True),
    Column("idem", String(60), nullable=False, unique=True),
    Column("lane_id", _Id, ForeignKey("lane.id"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("parent_key", String(20)),
    Column("prompt", Text, nullable=False),
    Column("negative_prompt", Text),
    Column("model", String(100), nullable=False),
    Column("size", String(20)),
    Column("seed", BigInteger, nullable=False),
    Column("steps", Integer),
    Column("guidance", Float),
    Column("private", Boolean, nullable=False),
    Column("spoiler", Boolean, nullable=False),
    Column("age_restricted", Boolean, nullable=False, server_default=false()),
    Column("state", String(10), nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("not_before_line", BigInteger),
    Column("lease_owner", String(60)),
    Column("lease_until_line", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("done_at", BigInteger),
    Column("cause", String(20)),
    Column("detail", Text, nullable=False, server_default=""),
    Column("media", String(200)),
    Column("mime", String(40)),
    Column("width", Integer),
    Column("height", Integer),
    Column("seconds", Float),
    Column("provider", String(40)),
    Column("cost_nusd", BigInteger),
    Column("cost_basis", String(10)),
    Column("application_id", BigInteger, nullable=False),
    Column("interaction_token", Text),
    Column("token_ends_at", BigInteger, nullable=False),
    Column("card_id", BigInteger),
    Column("shared_in", BigInteger),  # set when its person begins to share it
    Column("shared_as", BigInteger),  # set once it stands there
    CheckConstraint("(state IN ('leased', 'sent')) = (lease_until_line IS NOT NULL)", name="lease"),
    CheckConstraint(
        "state IN ('queued', 'leased', 'sent', 'done', 'failed', 'cancelled')", name="state"
    ),
    Index("ix_job_line", "lane_id", "state", "user_id", "id"),
    Index("ix_job_person", "guild_id", "user_id", "id"),
    Index("ix_job_parent", "parent_key"),
)

permit = Table(
    "permit",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("lane_id", _Id, ForeignKey("lane.id"), nullable=False),
    Column("job_id", _Id, ForeignKey("job.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("sent_line", BigInteger, nullable=False),
    Column("answered_line", BigInteger),
    UniqueConstraint("job_id", "attempt"),
    CheckConstraint("state IN ('held', 'counted', 'refunded')", name="state"),
    Index("ix_permit_window", "lane_id", "sent_line", sqlite_where=text("state <> 'refunded'")),
)

transfer = Table(
    "transfer",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("account_id", _Id, ForeignKey("account.id"), nullable=False),
    Column("job_id", _Id, ForeignKey("job.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("pending_id", _Id, ForeignKey("transfer.id"), unique=True),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("account_id", "job_id", "attempt", "kind"),
    CheckConstraint("kind IN ('reserve', 'post', 'void', 'correct')", name="kind"),
    CheckConstraint("(kind IN ('post', 'void')) = (pending_id IS NOT NULL)", name="pending"),
    Index("ix_transfer_use", "account_id", "at"),
)

usage = Table(
    "usage",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("job_id", _Id, ForeignKey("job.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lane_id", _Id, ForeignKey("lane.id"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("model", String(100), nullable=False),
    Column("provider", String(40)),
    Column("at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("cause", String(20)),
    Column("seconds", Float, nullable=False),
    Column("cost_nusd", BigInteger),
    Column("cost_basis", String(10), nullable=False),
    Column("http_status", Integer),
    Column("request_id", Text),
    UniqueConstraint("job_id", "attempt"),
    Index("ix_usage_day", "guild_id", "day"),
    Index("ix_usage_person", "guild_id", "user_id", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("job_id", _Id, ForeignKey("job.id"), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", BigInteger, nullable=False),
    Column("began_at", BigInteger),
    Column("told_at", BigInteger),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    CheckConstraint("state IN ('pending', 'told', 'kept')", name="state"),
    Index("ix_outbox_due", "state", "next_at"),
)

access = Table(
    "access",
    metadata,
    Column("guild_id", BigInteger, primary_key=True),
    Column("role_id", BigInteger, primary_key=True),
    Column("role", Integer, nullable=False),
)

server = Table(
    "server",
    metadata,
    Column("guild_id", BigInteger, primary_key=True),
    Column("queue_state", String(10), nullable=False),
    Column("queue_reason", Text, nullable=False),
    Column("queue_by", BigInteger),
    Column("alerts_channel_id", BigInteger),
    Column("models", Text, nullable=False),  # one a line
    Column("banned_words", Text, nullable=False),  # one a line
    Column("most_steps", Integer),
    Column("largest", String(20)),
    Column("private_by_default", Boolean, nullable=False),
    Column("age_rule", String(20), nullable=False),
    CheckConstraint("queue_state IN ('open', 'paused', 'draining')", name="queue_state"),
)

block = Table(
    "block",
    metadata,
    Column("guild_id", BigInteger, primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    Column("by", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until_at", BigInteger),
    Column("reason", Text, nullable=False, server_default=""),
)

watcher = Table(
    "watcher",
    metadata,
    Column("job_id", _Id, ForeignKey("job.id"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    Column("told_at", BigInteger),
)

report = Table(
    "report",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("job_id", _Id, ForeignKey("job.id"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("reporter_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("told_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("closed_by", BigInteger),
    Column("outcome", String(20)),
    UniqueConstraint("job_id", "reporter_id"),
    Index("ix_report_open", "told_at", "id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("action", String(100), nullable=False),
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_audit_guild", "guild_id", "id"),
)

note = Table(
    "note",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
