"""Full text search over a catalog's articles, with what SQLite and PostgreSQL have for it."""
