"""Finds news and understands it: discovery, capture, extraction, pipelines, jobs, export."""

__version__ = "0.1.0"
