"""Which stories there are: number, family, headline, time and address of each, cheap enough for thousands."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from urllib.parse import quote

from slugify import slugify

from crawler.newsroom.clock import OPENING
from crawler.newsroom.prose import Bank, Writer
from crawler.newsroom.story import Section

CYCLE = (
    "courier", "wordpress", "german", "courier", "legacy", "microdata",
    "japanese", "courier", "arabic", "script_data", "live_blog", "paywalled",
)  # fmt: skip
"""Families in turn, so that twelve stories show them all."""

LANGUAGES = {"german": "de", "legacy": "ru", "japanese": "ja", "arabic": "ar"}
OWN_SECTIONS = {
    "wordpress": "opinion",
    "microdata": "local",
    "script_data": "features",
    "live_blog": "live",
    "paywalled": "premium",
}
OFFSETS = {"german": 2, "japanese": 9, "wordpress": 0, "microdata": 0}
"""Hours ahead of UTC that a family's pages print; three where nothing is said."""

SPAN = timedelta(days=28)
ARRIVALS = tuple(OPENING + timedelta(hours=hours) for hours in (6, 7, 8))
"""When the stories come out that are not out yet on opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A story before it is written."""

    number: int
    family: str
    language: str
    topic: int
    title: str
    slug: str
    path: str
    published: datetime
    """In the family's own zone."""
    section: Section
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    agency: str | None

    @property
    def short_path(self) -> str:
        """The short address that redirects to the story."""
        return f"/s/{_base36(self.number + 1_000)}"

    def writer(self, seed: int, base: str) -> Writer:
        """The story's own writer, at its first word."""
        return Writer(self.language, self.topic, f"{seed}/{self.number}", base)


def plan_stories(count: int, seed: int, base: str) -> tuple[Plan, ...]:
    """So many stories in order of publication, then those that come out later."""
    taken: Counter[str] = Counter()
    step = SPAN / max(count, 1)
    moments = [OPENING - timedelta(minutes=20) - step * (count - 1 - number) for number in range(count)]
    return tuple(_plan(number, moment, seed, base, taken) for number, moment in enumerate([*moments, *ARRIVALS]))


def _plan(number: int, moment: datetime, seed: int, base: str, taken: Counter[str]) -> Plan:
    arrives = moment in ARRIVALS
    family = "courier" if arrives else CYCLE[number % len(CYCLE)]
    language = LANGUAGES.get(family, "en")
    topic = number // len(CYCLE) + number
    writer = Writer(language, topic, f"{seed}/{number}", base)
    title = writer.headline()
    random = Random(f"{seed}/{number}/desk")  # noqa: S311 - prose, not secrets
    published = moment.replace(microsecond=0).astimezone(timezone(timedelta(hours=OFFSETS.get(family, 3))))
    slug = _slug(title, language)
    taken[slug] += 1
    slug = slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
    section = _section(writer, family)
    agency = random.choice(writer.bank.agencies) if family == "courier" and number % 4 == 0 else None
    people = random.sample(writer.bank.staff, 1 + (number % 3 == 1))
    return Plan(
        number=number,
        family=family,
        language=language,
        topic=topic,
        title=title,
        slug=slug,
        path=_path(family, section, slug, published, number),
        published=published,
        section=section,
        tags=tuple(writer.topic["tags"]),
        authors=() if agency and number % 8 == 0 else tuple(people),
        agency=agency,
    )


def _section(writer: Writer, family: str) -> Section:
    bank = writer.bank
    key = OWN_SECTIONS.get(family, writer.topic["section"])
    return section(bank, key)


def section(bank: Bank, key: str) -> Section:
    """The section that a bank knows by a key, e.g. 'politik'."""
    prefix = "" if bank.language == "en" else f"/{bank.language}"
    return Section(path=f"{prefix}/{key}", name=bank.sections[key], language=bank.language)


def _slug(title: str, language: str) -> str:
    if language == "ar":
        return quote("-".join(title.replace("،", "").replace(":", "").split()))
    return str(slugify(title, max_length=80, word_boundary=True))


def _path(family: str, where: Section, slug: str, published: datetime, number: int) -> str:
    day = f"{published:%Y/%m/%d}"
    story = 80_000 + number
    return {
        "courier": f"/{day}/{slug}-a{story}",
        "wordpress": f"/blog/{day}/{slug}/",
        "microdata": f"/local/{slug}-{story}.html",
        "legacy": f"/ru/news/{day}/{story}.html",
        "german": f"{where.path}/{slug}-{story}.html",
        "japanese": f"/ja/articles/{published:%Y%m%d}-{story}",
        "arabic": f"/ar/{published:%Y/%m}/{slug}-{story}",
        "script_data": f"/features/{slug}-{story}",
        "live_blog": f"/live/{day}/{slug}",
        "paywalled": f"/premium/{slug}-{story}",
    }[family]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
