"""How the learned parts of the extraction are made."""
