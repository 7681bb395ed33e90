"""Tables of the ledger, which lie beside the catalog's in its database."""

import sqlalchemy as sa

METADATA = sa.MetaData()
LEDGER = sa.Table(
    "frontier",
    METADATA,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("first_announced", sa.Text, nullable=False),
    sa.Column("last_announced", sa.Text, nullable=False),
    sa.Column("last_seen", sa.Text),
    sa.Column("next_look", sa.Text),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Index("frontier_story", "story"),
    sa.Index("frontier_next_look", "site", "next_look"),
)
ANNOUNCEMENTS = sa.Table(
    "announcements",
    METADATA,
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("first_announced", sa.Text, nullable=False),
    sa.Column("last_announced", sa.Text, nullable=False),
)
