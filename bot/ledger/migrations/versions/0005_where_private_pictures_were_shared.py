"""Where the person of a private picture shared it, and as which message."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two columns more; nothing was shared before."""
    op.add_column("job", sa.Column("shared_in", sa.BigInteger()))
    op.add_column("job", sa.Column("shared_as", sa.BigInteger()))
