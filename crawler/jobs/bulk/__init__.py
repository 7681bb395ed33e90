"""Articles from thousands of archived files: one file is one task, done once, whole or not at all, whatever dies."""
