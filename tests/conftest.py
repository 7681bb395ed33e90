"""Parts that the whole house shares. What cannot be had is skipped aloud, with the reason."""

from pathlib import Path

import pytest

from archives.errors import ReplayUnavailable
from archives.replay.pywb import find_wayback


@pytest.fixture(scope="session")
def pywb() -> Path:
    """pywb's program, or a skip that says how to get it."""
    try:
        return find_wayback()
    except ReplayUnavailable as missing:
        pytest.skip(str(missing))
