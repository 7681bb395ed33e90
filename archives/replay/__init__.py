"""Captures browsable at their own time: pywb, in a process of its own."""

from archives.replay.frame import frame_back_to
from archives.replay.kept import KeptReplay, kept_replay
from archives.replay.pywb import LOOPBACK, Replay, replay

__all__ = ["LOOPBACK", "KeptReplay", "Replay", "frame_back_to", "kept_replay", "replay"]
