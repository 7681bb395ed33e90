"""Full text search over a catalog's articles: SQLite's FTS5 behind a few functions, for another engine to follow."""
