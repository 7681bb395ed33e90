"""Captures browsable at their own time: pywb, in a process of its own."""

from archives.replay.frame import frame_back_to
from archives.replay.kept import KeptReplay, kept_replay
from archives.replay.pywb import LOOPBACK, Replay, answers, replay

__all__ = ["LOOPBACK", "KeptReplay", "Replay", "answers", "frame_back_to", "kept_replay", "replay"]
