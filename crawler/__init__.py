"""Finds news and understands it: discovery, capture, extraction, pipelines, jobs, export."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("newswarc")
except PackageNotFoundError:  # run from a copy of the sources
    __version__ = "0"
