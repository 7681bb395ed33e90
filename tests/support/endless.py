"""Tests of input that would keep a careless reader busy for minutes or hours: no clock is read, but they must end."""

import pytest

must_end = pytest.mark.timeout(40, func_only=True)
"""Seconds, many times what a slow machine needs where work grows with the size of the input, and no faster."""
