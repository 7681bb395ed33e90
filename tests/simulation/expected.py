"""What papers and their servers say that a service must have come to: worked out without any of its own counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.newspaper import Newspaper, Story, place
from tests.simulation.press import Press

HOUR = timedelta(hours=1)
LOOKS = (1, 6, 24, 72, 168)
"""Hours after a story came out or changed at which it is looked at again, as a site file has them that says nothing."""


def visible_for(paper: Newspaper, end: datetime, length: timedelta) -> list[Story]:
    """The stories that were in the feed for at least so long, of the service's time."""
    grid = [paper.begin + length * step / 4 for step in range(int((end - paper.begin) / length * 4))]
    seen: dict[int, list[datetime]] = {}
    for moment in grid:
        for story in paper.window(moment):
            seen.setdefault(story.number, []).append(moment)
    return [paper.stories[number - 1] for number, moments in seen.items() if moments[-1] - moments[0] >= length]


def stories_told_apart(press: Press, paper: Newspaper) -> int:
    """How many stories somebody can count who was sent what the paper's server has sent.

    One that is announced at two places counts twice until one of them has told that it leads to the other.
    """
    led = press.led[paper.name]
    places = set()
    for urls in press.announced[paper.name].values():
        for url in urls:
            at = place(url.removeprefix(paper.base))
            while at in led:
                at = led[at]
            places.add(at)
    return len(places)


def lasting_headlines(paper: Newspaper, story: Story, end: datetime, slack: timedelta) -> Iterator[str]:
    """Each headline that a story got and kept for longer than until it is looked at, which may be late by `slack`."""
    end = min(end, story.gone or end)
    look = story.edited and _next_look(story.published, story.edited)
    if not look or look + slack > min(end, story.restored or end) or _was_shut(paper, look, look + slack):
        return
    yield story.title_at(look)
    again = story.restored and _next_look(look, story.restored)  # it was looked at then, or up to `slack` later
    if again and again + 2 * slack <= end and not _was_shut(paper, again, again + 2 * slack):
        yield story.title_at(again)


def _next_look(since: datetime, after: datetime) -> datetime | None:
    """When a story that came out or changed at `since` is looked at next after a moment; None: never more."""
    return next((since + HOUR * hours for hours in LOOKS if since + HOUR * hours > after), None)


def _was_shut(paper: Newspaper, begin: datetime, end: datetime) -> bool:
    """Whether a paper's stories were not to be had for a part of that time."""
    return paper.is_shut(begin) or paper.is_shut(end) or (begin < paper.turn < end and paper.is_shut(paper.turn))


def looks_agreed(paper: Newspaper, end: datetime) -> int:
    """How often its stories may have been looked at in vain at most: each at its times since it came out or changed."""
    return sum(
        paper.begin < since + HOUR * hours <= end
        for story in paper.stories
        for since in (story.published, story.edited, story.restored)
        if since is not None
        for hours in LOOKS
    )


def most_ahead(moments: list[float], gap: float) -> float:
    """How many requests at most came before their time, where one may come each so many seconds."""
    most = ahead = 0.0
    for sooner, at in pairwise((moments[0], *moments)):
        ahead = max(0.0, ahead - (at - sooner) / gap) + 1
        most = max(most, ahead)
    return most
