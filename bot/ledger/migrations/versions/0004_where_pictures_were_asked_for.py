"""Whether a picture was asked for in an age-restricted channel, so that it stays in such ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One column more; what was asked for before counts as asked for in the open."""
    column = sa.Column("age_restricted", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("job", column)
