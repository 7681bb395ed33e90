"""Pictures of the reading room for the README; `make screenshots` makes them again."""
