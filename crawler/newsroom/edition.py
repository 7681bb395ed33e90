"""The paper as it stands at one moment between two changes: which stories are out, and what other pages say of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from crawler.newsroom.desk import Desk
from crawler.newsroom.families.around import Around, Teaser, printed_day
from crawler.newsroom.plan import Plan, section
from crawler.newsroom.prose import bank
from crawler.newsroom.story import Section, Story

LANGUAGES = ("en", "de", "ru", "ja", "ar")


def all_sections() -> tuple[Section, ...]:
    """Every section of every language."""
    return tuple(section(bank(language), key) for language in LANGUAGES for key in bank(language).sections)


class Edition:
    """The stories that are out at a moment, newest first, and how to write them."""

    def __init__(self, desk: Desk, plans: Sequence[Plan], now: datetime, base: str) -> None:
        self.now = now
        self.base = base
        self.sections = all_sections()
        self._desk = desk
        self._out = [plan for plan in plans if plan.published <= now]
        self.by_path = {plan.path: plan for plan in self._out}

    @cached_property
    def plans(self) -> list[Plan]:
        """Stories that can be read, newest first; those taken down are left out."""
        return [plan for plan in reversed(self._out) if not self.removal(plan)]

    @cached_property
    def by_slug(self) -> dict[str, Plan]:
        """Stories of the kind that has short addresses by slug."""
        return {plan.slug: plan for plan in self._out if plan.family == "courier"}

    @cached_property
    def by_short_path(self) -> dict[str, Plan]:
        """Stories by their short address."""
        return {plan.short_path: plan for plan in self._out}

    @cached_property
    def changed(self) -> datetime:
        """When the last thing happened to the paper."""
        moments = [change.at for plan in self._out for change in self._desk.happened(plan.number, self.now)]
        return max([*moments, self._out[-1].published] if self._out else [self.now])

    def story(self, plan: Plan) -> Story:
        """A story as it stands."""
        return self._desk.story(plan, self.now)

    def removal(self, plan: Plan) -> int | None:
        """The status that a story taken down answers with; None for one that stands."""
        kinds = {change.kind for change in self._desk.happened(plan.number, self.now)}
        return 410 if "gone" in kinds else 404 if "missing" in kinds else None

    def title(self, plan: Plan) -> str:
        """Its headline."""
        return self._desk.title(plan, self.now)

    def teaser(self, plan: Plan, query: str = "") -> Teaser:
        """How lists name the story."""
        return Teaser(
            title=self.title(plan),
            url=self.base + plan.path + query,
            day=printed_day(plan.published, plan.language),
            section=plan.section.name,
        )

    def around(self, plan: Plan) -> Around:
        """What stands beside a story: what was new when it came out, and a lasting choice of the most read."""
        kin = self._desk.before(plan)
        appended = None
        if plan.family == "courier" and plan.number % 5 == 3 and kin:
            further = self._desk.first_form(kin[-1])
            appended = (further.title, further.body[-4:])
        return Around(
            base=self.base,
            sections=self.sections,
            just_in=tuple(self._lasting(mate) for mate in kin[:4]),
            most_read=tuple(self._lasting(mate) for mate in kin[::-1][:4]),
            appended=appended,
        )

    def plain_around(self) -> Around:
        """What stands around pages that are no stories."""
        return Around(base=self.base, sections=self.sections, just_in=(), most_read=())

    def _lasting(self, plan: Plan) -> Teaser:
        return Teaser(title=plan.title, url=self.base + plan.path, day="", section=plan.section.name)
