"""Brings a ledger's schema to this version's, with alembic. Called by database.py.

The revisions lie in versions/; a test proves that they end at exactly the tables of tables.py.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.core.errors import Unavailable


def upgrade(conn: Connection) -> None:
    """Run what is missing in the caller's transaction. Raises Unavailable for a newer ledger."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = conn
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(conn).get_current_revision()
    if current == script.get_current_head():
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        reason = f"it was written by a newer HugOps (schema {current}); upgrade the program"
        raise Unavailable(what="ledger", reason=reason)
    command.upgrade(config, "head")
