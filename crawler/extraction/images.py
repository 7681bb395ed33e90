"""The story's own pictures: the lead first, caption and credit apart, addresses absolute."""

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from crawler.extraction.blocks import Block, Node
from crawler.extraction.captions import plain_credit, reads_as_caption, split_credit
from crawler.extraction.class_words import Sign, class_signs
from crawler.extraction.document import Document
from crawler.extraction.html_tags import TAG_BITS
from crawler.extraction.labels import classify, is_label
from crawler.extraction.offers import is_all_link
from crawler.extraction.page import Page
from crawler.extraction.story import Story, elements
from crawler.extraction.tree import text_of
from crawler.items import Image

_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-url",
    "data-hi-res-src",
    "data-image",
    "data-full-src",
)
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)([wxh])(?:,+|$)", re.ASCII)
_NOT_PICTURES = re.compile(
    r"(?:^|[/._-])(?:logo|icon|sprite|avatar|pixel|spacer|blank|placeholder|transparent|tracking|badge|button|emoji|gravatar|1x1|loading|"
    r"spinner|default-?(?:image|img|user))s?(?:[/._-]|$)|\.svg(?:$|\?)|doubleclick|scorecardresearch|/ads?/"
)
"""What a picture's path in lower case is searched for."""
_OF_PICTURES = re.compile(r"\.(?:jpe?g|png|webp|gif)$|galler|photo|image|foto|bild")
_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)")
_SCALED = re.compile(r"[-_]?\d{2,4}x\d{2,4}")
_NOT_HERE = (
    Sign.COMMENT
    | Sign.RECIRCULATION
    | Sign.SHARE
    | Sign.BYLINE
    | Sign.PROMOTION
    | Sign.ADVERTISING
    | Sign.BIOGRAPHY
    | Sign.RELATED
    | Sign.NAVIGATION
)
_LEAST_SIDE = 90
_MOST = 60


@dataclass(frozen=True, slots=True)
class _Candidate:
    url: str
    element: Element
    node: Node
    before: int


@dataclass(frozen=True, slots=True)
class _Named:
    """The elements that a site's selectors name as captions and credits."""

    captions: list[Element]
    credits: list[Element]

    def of(self, candidate: _Candidate) -> tuple[str | None, str | None] | None:
        """Caption and credit in the candidate's figure; None if neither is named there."""
        figure = _figure(candidate.node)
        if figure is None or not (self.captions or self.credits):
            return None
        inside = set(figure.element.iter())
        caption = next((text_of(element, 2000) for element in self.captions if element in inside), None)
        credit = next((text_of(element) for element in self.credits if element in inside), None)
        return (caption or None, plain_credit(credit) if credit else None) if caption or credit else None


def fill_images(page: Page) -> Page:
    """Fill `images`."""
    story = page.story
    named = _Named(elements(page.document, page.rules, "caption"), elements(page.document, page.rules, "credit"))
    return page.fill(
        f"selector:{page.rules.name}" if page.rules and (named.captions or named.credits) else "blocks",
        images=find_images(story, page.document, named),
    )


def find_images(story: Story, document: Document, named: "_Named | None" = None) -> tuple[Image, ...]:
    """The story's pictures, the lead first."""
    found: list[Image] = []
    seen: set[str] = set()
    kept = [block.index for block in story.choice.kept()]
    lead_url = document.absolute(document.meta_content("og:image", "og:image:url", "twitter:image"))
    for candidate in _candidates(story, document, kept):
        key = picture_key(candidate.url)
        if key in seen or len(found) >= _MOST:
            continue
        seen.add(key)
        shown = (named and named.of(candidate)) or _caption(story, candidate)
        if shown is None:
            continue
        caption, credit = shown
        lead = not found and (not kept or candidate.before <= kept[0] + 1)
        found.append(Image(url=candidate.url, caption=caption, credit=credit, lead=lead))
    return _with_lead(found, lead_url)


@lru_cache(maxsize=512)
def _is_ornament(url: str) -> bool:
    return _NOT_PICTURES.search(urlsplit(url).path.lower()) is not None


def _with_lead(found: list[Image], lead_url: str | None) -> tuple[Image, ...]:
    """Mark the lead: the picture above the text, else the one that the page's head names, put first."""
    if found and found[0].lead:
        return tuple(found)
    if lead_url is None or _is_ornament(lead_url):
        return tuple(found)
    same = next((image for image in found if picture_key(image.url) == picture_key(lead_url)), None)
    rest = [image for image in found if image is not same]
    first = (
        Image(url=same.url, caption=same.caption, credit=same.credit, lead=True)
        if same
        else Image(url=lead_url, lead=True)
    )
    return (first, *rest)


def _candidates(story: Story, document: Document, kept: list[int]) -> list[_Candidate]:
    if not kept:
        return []
    main, nodes = story.choice.measures.main, story.layout.nodes
    top = nodes[_common_depth_node(story, kept)]
    allowed = main.above | top.above
    out = []
    headline = story.choice.measures.h1
    start = min(kept[0], headline) if headline >= 0 else kept[0]
    for element, before, node in story.layout.images:
        inside = kept[0] <= before <= kept[-1]
        above = start <= before <= kept[0] or (before < kept[0] and top.index <= node.index <= top.last)
        if not (inside or above) or node.above & _NOT_HERE & ~allowed or not _is_picture(element):
            continue
        url = document.absolute(source_of(element))
        if url and not _is_ornament(url) and not _links_away(element, document):
            out.append(_Candidate(url, element, node, before))
    return out


def _common_depth_node(story: Story, kept: list[int]) -> int:
    """The lowest element around the first and the last block of the story."""
    one, other = story.layout.blocks[kept[0]].node, story.layout.blocks[kept[-1]].node
    while one is not other:
        if one.depth >= other.depth and one.parent is not None:
            one = one.parent
        elif other.parent is not None:
            other = other.parent
    return one.index


def _links_away(element: Element, document: Document) -> bool:
    """A picture in a link to another page is that page's; one to its own larger file is not."""
    parent = element.getparent()
    for _ in range(4):
        if parent is None:
            return False
        if parent.tag == "a":
            url = document.absolute(parent.get("href"))
            if url is None:
                return False
            path = urlsplit(url).path.lower()
            return url != document.url and not _OF_PICTURES.search(path)
        parent = parent.getparent()
    return False


def _is_picture(element: Element) -> bool:
    for side in ("width", "height"):
        value = (element.get(side) or "").removesuffix("px")
        if value.isdecimal() and int(value) < _LEAST_SIDE and len(value) < 6:
            return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return names == " " or (
        not class_signs(names) & (Sign.SHARE | Sign.BIOGRAPHY | Sign.BYLINE)
        and "icon" not in names
        and "logo" not in names
    )


def source_of(element: Element) -> str | None:
    """The largest address that an img offers: its source sets, then what scripts would load, then `src`."""
    parent = element.getparent()
    offering = [element, *(parent.iter("source") if parent is not None and parent.tag == "picture" else ())]
    sets = [value for one in offering for name in _SETS if (value := one.get(name))]
    candidates = [candidate for value in sets for candidate in _set_candidates(value)]
    best = max(candidates, key=itemgetter(0)) if candidates else (0.0, "")
    if best[0] > 1:
        return best[1]
    for name in _LAZY:
        value = element.get(name)
        if value and not value.startswith(("data:", "{", "[")):
            return value
    plain = element.get("src")
    if plain and not plain.startswith("data:"):
        return plain
    return best[1] or None


def _set_candidates(value: str) -> list[tuple[float, str]]:
    """(width or density, address) of each candidate of a srcset."""
    out: list[tuple[float, str]] = []
    for part in value[:20000].split():
        size = _SIZE.match(part)
        if size and out and size[2] != "h":
            out[-1] = (float(size[1]), out[-1][1])
        url = (part[size.end() :] if size else part).strip(",")
        if url:
            out.append((1.0, url))
    return [(size, url) for size, url in out if not url.startswith("data:")]


@lru_cache(maxsize=512)
def picture_key(url: str) -> str:
    """What tells pictures apart: the path's last file name, without the size that it was scaled to."""
    parts = urlsplit(url)
    name = next((part for part in reversed(parts.path.split("/")) if _FILE.search(part.lower())), "")
    name = _SCALED.sub("", name)
    return name if len(name) > 12 else f"{parts.netloc}{parts.path}?{parts.query}"


def _caption(story: Story, candidate: _Candidate) -> tuple[str | None, str | None] | None:
    """Caption and credit of a picture: from its figure's caption, else from the caption-like blocks beside it.

    None where what stands there offers another story, whose picture it is.
    """
    figure = _figure(candidate.node)
    blocks = _figure_blocks(story, figure) if figure is not None else _beside(story, candidate)
    captions: list[str] = []
    credited: list[str] = []
    for block in blocks:
        caption, credit = split_credit(block)
        captions += [caption] if caption and caption not in captions else []
        credited += [credit] if credit and credit not in credited else []
    if any(map(is_label, captions)) or any(
        is_all_link(block) and classify(block.text) for block in blocks if block.links
    ):
        return None
    return " ".join(captions) or None, ", ".join(credited) or None


def _figure(node: Node) -> Node | None:
    if not node.above & TAG_BITS["figure"]:
        return None
    current: Node | None = node
    while current is not None and current.tag != "figure":
        current = current.parent
    return current


def _figure_blocks(story: Story, figure: Node) -> list[Block]:
    out = []
    for block in story.layout.blocks[figure.first : figure.first + 12]:
        if not figure.index <= block.node.index <= figure.last:
            break
        if not story.choice.keep[block.index] or block.node.above & TAG_BITS["figcaption"]:
            out.append(block)
    return out


def _beside(story: Story, candidate: _Candidate) -> list[Block]:
    """The next blocks that are no body and whose class says caption or credit, or that share the picture's cell."""
    out: list[Block] = []
    for block in story.layout.blocks[candidate.before : candidate.before + 3]:
        signs = block.node.signs | block.signs | (block.node.parent.signs if block.node.parent is not None else 0)
        in_cell = block.node is candidate.node and block.node.tag == "td" and reads_as_caption(block)
        named = signs & Sign.CAPTION or story.choice.rules[block.index] == "caption" or in_cell
        if story.choice.keep[block.index] or not named or len(block.text) > 600:
            break
        out.append(block)
    return out
