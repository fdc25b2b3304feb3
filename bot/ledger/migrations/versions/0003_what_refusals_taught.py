"""When a window was lowered, so that it can win back what a refusal took."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One column more; no window has been lowered so far."""
    op.add_column("lane_window", sa.Column("cut_line", sa.BigInteger(), nullable=True))
