"""PostgreSQL's integers have 32 bits: captures and revisions of large archives are more. SQLite's have 64 anyway."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Have them numbered in 64 bits; a table is written anew, if it was not."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in ("captures", "revisions", "removals"):
        op.alter_column(table, "id", type_=sa.BigInteger)
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS bigint")
