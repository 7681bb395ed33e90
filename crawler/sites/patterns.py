"""Patterns of article URLs: regular expressions that cannot be made to run for long.

A pattern comes from a person, but the URL it is tried on comes from the network. So repeats may neither nest nor hold
alternatives, at most two of them without an upper bound stand between two slashes, and `.*` stands at most once.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_MATCHED = 1024
"""Paths longer than this are no article's; it also bounds what a pattern has to look at."""

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", re.DOTALL)
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
_GREATEST_BOUND = 200


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """A regular expression that a URL's path has to match as a whole (path and query, where it names a `\\?`)."""

    text: str
    expression: re.Pattern[str]

    @classmethod
    def compile(cls, text: str) -> "UrlPattern":
        """The pattern of a site file; re.error with the reason, if it is none or could run for long."""
        _refuse_costly(text)
        return cls(text, re.compile(text))

    def matches(self, url: str) -> bool:
        """Whether the URL's path has this form."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if r"\?" in self.text else parts.path
        return len(path) <= LONGEST_MATCHED and self.expression.fullmatch(path) is not None


def _refuse_costly(text: str) -> None:
    parts = _TOKEN.findall(text)
    repeats = [n for n, part in enumerate(parts) if n and _UNBOUNDED.fullmatch(part) and parts[n - 1] != "("]
    if any(re.fullmatch(r"\\[1-9]", part) for part in parts):
        raise re.error("a back-reference can run for long; write the text out")
    if any(int(bound) > _GREATEST_BOUND for part in parts if part[0] == "{" for bound in re.findall(r"\d+", part)):
        raise re.error(f"a repeat of more than {_GREATEST_BOUND} can run for long; use + instead")
    if _nests(parts, repeats):
        raise re.error("a repeat of repeats or of alternatives can run for long; repeat a class like [a-z0-9-]+")
    if _is_vague(parts, repeats):
        raise re.error("more than two repeats between slashes, or more than one .*, can run for long; be more exact")


def _nests(parts: Sequence[str], repeats: Sequence[int]) -> bool:
    """Whether a group that holds a repeat or alternatives is repeated."""
    within = [False]  # of each group that is open: whether it holds any
    closed = False  # of the one that was closed last
    for place, part in enumerate(parts):
        if part == "(":
            within.append(False)
        elif part == ")" and len(within) > 1:
            closed = within.pop()
            within[-1] |= closed
        elif place in repeats and parts[place - 1] == ")" and closed:
            return True
        elif part == "|" or place in repeats:
            within[-1] = True
    return False


def _is_vague(parts: Sequence[str], repeats: Sequence[int]) -> bool:
    """Whether there are more than two repeats between two slashes, or more than one of anything."""
    slashes = Counter(parts[:place].count("/") for place in repeats)
    return max(slashes.values(), default=0) > 2 or [parts[place - 1] for place in repeats].count(".") > 1
