"""Catalogs from before their versions were counted: what they lack is made, and no revision's number comes twice."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Do it, whichever of them is there already."""
    op.create_table(
        "withheld",
        sa.Column("record_id", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "removals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("record_id", sa.String, nullable=False),
        sa.Column("date", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_removals_record_id", "removals", ["record_id"], if_not_exists=True)
    op.create_index("removals_by_article", "removals", ["article_id", "id"], if_not_exists=True)
    if op.get_bind().dialect.name == "sqlite" and not _counts_for_ever("revisions"):
        with op.batch_alter_table("revisions", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            """The same columns."""


def _counts_for_ever(table: str) -> bool:
    """Whether numbers of rows that are gone are not given again (https://sqlite.org/autoinc.html)."""
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in str(op.get_bind().execute(made, {"name": table}).scalar_one()).upper()
