"""Patterns of article URLs: regular expressions that cannot be made to run for long.

A pattern comes from a person, but the URL it is tried on comes from the network. So repeats may neither nest nor hold
alternatives, at most two of them without an upper bound stand between two slashes, and `.*` stands at most once.
"""

import re
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
    groups: list[bool] = [False]  # per open group: does it hold a repeat or alternatives?
    closed = False  # whether the group that was just closed does
    in_segment, anything, last = 0, 0, ""
    for part in _TOKEN.findall(text):
        if part == "(":
            groups.append(False)
        elif part == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        elif part == "|":
            groups[-1] = True
        elif part == "/":
            in_segment = 0
        elif re.fullmatch(r"\\[1-9]", part):
            raise re.error("a back-reference can run for long; write the text out")
        elif _UNBOUNDED.fullmatch(part) and last not in ("(", ""):
            if last == ")" and closed:
                raise re.error(
                    "a repeat of repeats or of alternatives can run for long; repeat a class like [a-z0-9-]+"
                )
            in_segment += 1
            anything += last == "."
            groups[-1] = True
        elif part.startswith("{") and any(int(n) > _GREATEST_BOUND for n in re.findall(r"\d+", part)):
            raise re.error(f"a repeat of more than {_GREATEST_BOUND} can run for long; use + instead")
        if in_segment > 2 or anything > 1:
            raise re.error(
                "more than two repeats between slashes, or more than one .*, can run for long; be more exact"
            )
        last = part
