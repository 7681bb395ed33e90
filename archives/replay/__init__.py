"""Captures browsable at their own time: pywb, in a process of its own."""

from archives.replay.pywb import Replay, replay

__all__ = ["Replay", "replay"]
