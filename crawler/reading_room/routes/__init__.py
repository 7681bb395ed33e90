"""The addresses of the reading room, by what one does there."""
