"""The paper over time: its stories planned once, its edition at any moment, its pages written when first asked for."""

from dataclasses import dataclass, replace
from datetime import datetime

from crawler.newsroom.changes import SCHEDULE, Change, Schedule, changes
from crawler.newsroom.desk import Desk
from crawler.newsroom.edition import Edition
from crawler.newsroom.families import CHARSETS, PAGES
from crawler.newsroom.padding import padded
from crawler.newsroom.plan import Plan, plan_stories
from crawler.newsroom.story import Story


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form of a story as it was printed last."""

    content: bytes
    changed: datetime
    removed: int | None


class Paper:
    """Every story that there is and will be, and the pages that they are printed on."""

    def __init__(
        self, *, articles: int, seed: int, base: str, page_size: int | None = None, schedule: Schedule = SCHEDULE
    ) -> None:
        self.base = base
        self._size = page_size
        self._plans = plan_stories(articles, seed, base)
        self.changes: tuple[Change, ...] = changes(self._plans, schedule)
        self._desk = Desk(self._plans, self.changes, seed, base)
        self._sheets: dict[tuple[int, int, str], Sheet] = {}
        self._edition: Edition | None = None

    def at(self, now: datetime) -> Edition:
        """The edition of a moment."""
        if self._edition is None or self._edition.now != now:
            self._edition = Edition(self._desk, self._plans, now, self.base)
        return self._edition

    def stories(self, now: datetime) -> tuple[Story, ...]:
        """What can be read at a moment, newest first."""
        edition = self.at(now)
        return tuple(edition.story(plan) for plan in edition.plans)

    def sheet(self, edition: Edition, plan: Plan, family: str) -> Sheet:
        """A story's page as it stands in an edition; `family` is its own or 'print'."""
        version = len(self._desk.happened(plan.number, edition.now))
        key = (plan.number, version, family)
        if key not in self._sheets:
            story = edition.story(plan)
            content = render(edition, plan, story, family, self._size)
            self._sheets[key] = Sheet(content, story.changed, story.removed)
        return self._sheets[key]


class OddDesk:
    """Stories of their own for the awkward addresses, which announce nothing and never change."""

    def __init__(self, habits: tuple[str, ...], *, seed: int, base: str, now: datetime) -> None:
        couriers = [plan for plan in plan_stories(4 * len(habits), seed, base) if plan.family == "courier"]
        named = zip(habits, couriers, strict=False)
        plans = [replace(plan, path=f"/odd/{habit}", slug=f"odd-{habit}") for habit, plan in named]
        self._edition = Edition(Desk(plans, (), seed, base), plans, now, base)
        self._plans = dict(zip(habits, plans, strict=True))

    def stories(self) -> dict[str, Story]:
        """The truth, by habit."""
        return {habit: self._edition.story(plan) for habit, plan in self._plans.items()}

    def page(self, habit: str, family: str = "courier") -> bytes:
        """The page at the habit's address."""
        plan = self._plans[habit]
        return render(self._edition, plan, self._edition.story(plan), family)


def render(edition: Edition, plan: Plan, story: Story, family: str, size: int | None = None) -> bytes:
    """A story's page as bytes in its family's charset, filled up to a size."""
    html = padded(PAGES[family](story, edition.around(plan)), size)
    return html.encode(CHARSETS.get(family, "utf-8"), "xmlcharrefreplace")
