"""A time of many newspapers, with a clock that is moved: what a scheduler must not miss, and must not overdo."""
