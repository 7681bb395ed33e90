"""The desk writes stories: from a plan and the time to everything that the page will say."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from slugify import slugify

from crawler.items import Access, ArticleKind, Author, Image, Link
from crawler.newsroom.changes import Change
from crawler.newsroom.clock import OPENING
from crawler.newsroom.plan import Plan
from crawler.newsroom.prose import Writer
from crawler.newsroom.story import PROSE, Block, Story

IN_BODY_LABELS = {
    "courier": "Related article",
    "wordpress": "Read also",
    "microdata": "See also",
    "legacy": "Читайте также",
    "german": "Lesen Sie auch",
    "japanese": "あわせて読みたい",
    "arabic": "اقرأ أيضا",
}
END_LABELS = {
    "courier": "Read more",
    "wordpress": "Related stories",
    "microdata": "More on this story",
    "legacy": "По теме",
    "german": "Mehr zum Thema",
    "japanese": "関連記事",
    "arabic": "مواضيع ذات صلة",
    "live_blog": "Background",
}
BYLINES: dict[str, tuple[str, str]] = {
    "german": ("Von ", " und "),
    "legacy": ("Автор: ", ", "),
    "japanese": ("文・", "、"),
    "arabic": ("بقلم: ", " و"),
}
ACCESS: dict[str, Access] = {"paywalled": "paywalled", "german": "free", "microdata": "metered"}
KINDS: dict[str, ArticleKind] = {"wordpress": "opinion", "live_blog": "live_blog"}
WITHOUT_STANDFIRST = frozenset({"legacy", "japanese"})
WITH_SECOND_PHOTO = frozenset({"wordpress", "microdata", "german"})


class Desk:
    """Writes any story of the paper as it stands at a time."""

    def __init__(self, plans: Sequence[Plan], changes: Sequence[Change], seed: int, base: str) -> None:
        self._changes: dict[int, list[Change]] = {}
        for change in changes:
            self._changes.setdefault(change.number, []).append(change)
        self._seed = seed
        self._base = base
        self._by_language: dict[str, list[Plan]] = {}
        self._places: dict[int, int] = {}
        for plan in plans:
            kin = self._by_language.setdefault(plan.language, [])
            self._places[plan.number] = len(kin)
            kin.append(plan)

    def happened(self, number: int, now: datetime) -> tuple[Change, ...]:
        """What has happened to a story by now."""
        return tuple(change for change in self._changes.get(number, ()) if change.at <= now)

    def title(self, plan: Plan, now: datetime) -> str:
        """A story's headline now."""
        rewritten = any(change.kind == "headline" for change in self.happened(plan.number, now))
        return self._rewritten(plan) if rewritten else plan.title

    def story(self, plan: Plan, now: datetime) -> Story:
        """The story as it stands now."""
        story = self.first_form(plan)
        for change in self.happened(plan.number, now):
            story = self._change(story, plan, change)
        return story

    def first_form(self, plan: Plan) -> Story:
        """The story as first published."""
        writer = plan.writer(self._seed, self._base)
        title = writer.headline()
        prose = _COLUMNS.get(plan.family, _column)(writer, plan)
        images = self._images(writer, plan)
        related = self._related(plan)
        dateline = writer.place() if plan.family == "courier" and plan.number % 2 else None
        if dateline:
            prose[0] = _paragraph(f"{dateline} — {prose[0].texts[0]}")
        blocks = _furnished(plan, prose, images, related)
        authors = self._authors(plan)
        modified = plan.published + timedelta(minutes=95 * (plan.number % 3 == 0))
        standfirst = None if plan.family in WITHOUT_STANDFIRST or plan.number % 5 == 4 else writer.standfirst()
        stated = plan.family != "legacy"
        return Story(
            number=plan.number,
            family=plan.family,
            path=plan.path,
            url=self._base + plan.path,
            canonical_url=self._base + plan.path,
            short_url=self._base + plan.short_path,
            print_url=f"{self._base}{plan.path}/print" if plan.family == "courier" else None,
            title=title,
            byline=_byline(plan, authors),
            authors=authors,
            published=plan.published,
            modified=modified,
            date_published=plan.published.isoformat() if stated else plan.published.date().isoformat(),
            date_modified=modified.isoformat() if stated else None,
            changed=modified,
            standfirst=standfirst,
            description=standfirst or prose[0].texts[0][:150].rsplit(" ", 1)[0],
            dateline=dateline,
            blocks=blocks,
            images=images,
            related_links=tuple(related),
            section=plan.section,
            tags=plan.tags,
            language=plan.language,
            access=ACCESS.get(plan.family),
            kind=KINDS.get(plan.family, "article"),
        )

    def _authors(self, plan: Plan) -> tuple[Author, ...]:
        linked = plan.family not in {"legacy", "script_data"}
        people = [Author(name=name, url=self._author_url(name) if linked else None) for name in plan.authors]
        agency = [Author(name=plan.agency, url=self._author_url(plan.agency), kind="agency")] if plan.agency else []
        return (*people, *agency)

    def _author_url(self, name: str) -> str:
        return f"{self._base}/author/{slugify(name)}"

    def _images(self, writer: Writer, plan: Plan) -> tuple[Image, ...]:
        count = 0 if plan.family == "script_data" else 1 + (plan.family in WITH_SECOND_PHOTO)
        return tuple(
            Image(
                url=f"{self._base}/pictures/{plan.number}-{place}.png",
                caption=writer.sentence("captions"),
                credit=writer.credit(),
                lead=place == 0,
            )
            for place in range(count)
        )

    def _related(self, plan: Plan) -> list[Link]:
        mates = self.before(plan)
        links: list[Link] = []
        if plan.family in IN_BODY_LABELS and mates:
            links.append(self._link(plan, mates[0], IN_BODY_LABELS[plan.family], in_body=True))
        if plan.family in END_LABELS:
            links += [self._link(plan, mate, END_LABELS[plan.family], in_body=False) for mate in mates[1:4]]
        return links

    def before(self, plan: Plan) -> list[Plan]:
        """Stories of the same language: the five before this one, newest first, then the paper's oldest."""
        kin = self._by_language[plan.language]
        position = self._places[plan.number]
        before = kin[max(0, position - 5) : position][::-1]
        oldest = [
            mate for mate in kin[:8] if mate.published <= OPENING and mate.number != plan.number and mate not in before
        ]
        return before + oldest

    def _link(self, plan: Plan, mate: Plan, label: str, *, in_body: bool) -> Link:
        path = mate.path
        if plan.family == "courier" and mate.family == "courier" and in_body:
            path = f"/{plan.published:%Y/%m/%d}/{mate.slug}"
        return Link(
            title=mate.title, url=self._base + path, kind="in_body" if in_body else "end_of_article", label=label
        )

    def _rewritten(self, plan: Plan) -> str:
        return plan.writer(self._seed, self._base).other_headline(plan.title)

    def _change(self, story: Story, plan: Plan, change: Change) -> Story:
        story = replace(story, changed=change.at)
        local = change.at.astimezone(plan.published.tzinfo)
        if change.kind == "headline":
            return replace(story, title=self._rewritten(plan), modified=local, date_modified=local.isoformat())
        if change.kind == "correction":
            text = plan.writer(self._seed, self._base).sentence("corrections")
            blocks = (*story.blocks, Block(kind="paragraph", texts=(text,)))
            return replace(story, blocks=blocks, modified=local, date_modified=local.isoformat())
        if change.kind == "silent":
            return replace(story, blocks=_silently_edited(story.blocks, plan.writer(self._seed, self._base)))
        if change.kind == "cut":
            return replace(story, blocks=_shortened(story.blocks, slice(-4, -1)))
        if change.kind == "closed":
            access = story.access and "paywalled"
            return replace(story, blocks=_shortened(story.blocks, slice(3, None)), access=access)
        if change.kind in {"gone", "missing"}:
            return replace(story, removed=410 if change.kind == "gone" else 404)
        return story


def _silently_edited(blocks: tuple[Block, ...], writer: Writer) -> tuple[Block, ...]:
    """The third paragraph, or the last post, says something else than before, and nothing on the page says so."""
    told = " ".join(text for block in blocks for text in block.texts)
    sentences = [writer.sentence("details") for _ in range(12)]
    fresh, further = ([sentence for sentence in sentences if sentence not in told] + sentences)[:2]
    if blocks[-1].kind == "post":
        heading, _, *others = blocks[-1].texts
        return (*blocks[:-1], replace(blocks[-1], texts=(heading, f"{fresh} {further}", *others)))
    place = [place for place, block in enumerate(blocks) if block.kind == "paragraph"][2]
    return (*blocks[:place], _paragraph(fresh), *blocks[place + 1 :])


def _shortened(blocks: tuple[Block, ...], taken: slice) -> tuple[Block, ...]:
    """Without some of the blocks that are prose."""
    gone = [place for place, block in enumerate(blocks) if block.kind in PROSE][taken]
    return tuple(block for place, block in enumerate(blocks) if place not in gone)


def _byline(plan: Plan, authors: tuple[Author, ...]) -> str | None:
    if plan.family == "script_data":
        return None
    by, join = BYLINES.get(plan.family, ("By ", " and "))
    return by + join.join(author.name for author in authors)


def _paragraph(text: str) -> Block:
    return Block(kind="paragraph", texts=(text,))


def _more(writer: Writer, deck: str, sentences: int = 1) -> list[Block]:
    """A paragraph of a deck, or nothing once the deck is used up: no story says a thing twice."""
    told = writer.paragraph(deck, sentences)
    return [_paragraph(told)] if told else []


def _column(writer: Writer, plan: Plan) -> list[Block]:
    """Ten to fifteen blocks of an ordinary article."""
    blocks = [_paragraph(writer.lead())]
    for round_ in range(3 + plan.number % 3):
        blocks += _more(writer, "details", 2 + round_ % 2)
        blocks += _more(writer, "quotes")
        if round_ == 1:
            blocks.append(Block(kind="heading", texts=(writer.sentence("headings"),)))
        blocks += _more(writer, "background", 2)
    return [*blocks, _paragraph(writer.sentence("closings"))]


def _essay(writer: Writer, plan: Plan) -> list[Block]:
    """An opinion piece: a quotation set off and a short list."""
    blocks = _column(writer, plan)
    quote = Block(kind="quote", texts=(writer.sentence("quotes"),))
    items = Block(kind="list", texts=(writer.sentence("details"), writer.sentence("background")))
    return [*blocks[:4], quote, *blocks[4:-1], items, blocks[-1]]


def _posts(writer: Writer, plan: Plan) -> list[Block]:
    """An introduction, then posts, the newest first."""
    posts = [
        Block(
            kind="post",
            texts=(writer.sentence("headings"), writer.paragraph("details", 2), writer.sentence("quotes")),
            moment=plan.published + timedelta(minutes=17 * (5 - place)),
        )
        for place in range(5)
    ]
    return [_paragraph(writer.lead()), *posts]


def _teaser(writer: Writer, _: Plan) -> list[Block]:
    """What a reader without a subscription sees."""
    return [
        _paragraph(writer.lead()),
        _paragraph(writer.paragraph("details", 2)),
        _paragraph(writer.paragraph("background", 2)),
    ]


_COLUMNS: dict[str, Callable[[Writer, Plan], list[Block]]] = {
    "wordpress": _essay,
    "live_blog": _posts,
    "paywalled": _teaser,
}


def _furnished(plan: Plan, prose: list[Block], images: tuple[Image, ...], related: list[Link]) -> tuple[Block, ...]:
    """The prose with everything between its paragraphs that is none."""
    blocks = list(prose)
    if plan.family not in {"script_data", "live_blog", "paywalled"}:
        blocks.insert(8, Block(kind="appeal" if plan.family == "courier" else "newsletter"))
    if plan.family == "german":
        blocks.insert(7, Block(kind="advert"))
    blocks[6:6] = [Block(kind="photo", image=image) for image in images[1:]]
    blocks[4:4] = [Block(kind="related", link=link) for link in related if link.kind == "in_body"]
    return tuple(blocks)
