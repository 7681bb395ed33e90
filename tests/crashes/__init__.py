"""Processes that die, or run out of room, at a chosen point of their work; and what must hold afterwards."""
