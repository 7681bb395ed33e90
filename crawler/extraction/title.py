"""The headline as a reader sees it: what the page's own sources agree on, without site name and kicker."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.extraction.document import Document
from crawler.extraction.headings import best_heading
from crawler.extraction.linked_data import is_page, texts, values
from crawler.extraction.moments import may_hold_date
from crawler.extraction.page import Page
from crawler.extraction.selectors import selected_text
from crawler.extraction.site_names import is_site_name, names_of_path, squeezed
from crawler.extraction.tree import broken_text

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_BREAK = re.compile(r"\s+[-–—―|:•·»«/~]+\s+|\s*[|｜│ㅣ]\s*|\s*::\s*|\s+»\s*|\s[-–—]\s?|_(?=[^_]{1,30}$)")
_BARE_BREAK = re.compile(r"\s*[-–—|](?=[^-–—|]{1,20}$)")
_CUT_OFF = re.compile(r"\s*(?:\.\.\.|…)$")
_SET_OFF = re.compile(rf"(?:\.\.\.|…)?(?:$|{_BREAK.pattern})")
_OFF = re.compile(r"\s*[^\w\s]")
_KICKER = re.compile(r"[^.!?:]{3,60}\s[-–—|/]\s")
_NAME_ALONE = re.compile(r"(?:^|[:.!?,|]\s)[^\s:.!?]+$")
_LEAST_PRINTED = 25
_MOST_PRINTED = 20
_PARTS_AFTER = 2
"""Parts of a title that may follow the site's name in it."""
_SHORT = 5
_LONGEST = 400
_LIVE = re.compile(
    r"\W{0,3}((?:live|canlı)(?:[- ]?(?:blog|ticker|updates?|stream|coverage|text|yayın))?"
    r"|(?:en |em |in )?(?:direct|direto|directo|diretta)|en vivo|ao vivo|direkte|(?:relacja )?na żywo|živě|élő"
    r"|прямая трансляция|прямой эфир|онлайн-трансляция|наживо|ζωντανά|مباشر|زنده|בשידור חי|लाइव"
    r"|ライブ|中継|直播|라이브|생중계)"
    r"(?:\s*[]):：|│•·】］]+\s*|\s+[-–—]\s+|(\.)\s+)(?=\S.{9})",
    re.IGNORECASE,
)
"""The mark of a live report before a headline: 'Live:', 'EN DIRECT.', '[Liveblog]'."""


def fill_title(page: Page) -> Page:
    """Adds the title."""
    selected = selected_text(page, "title")
    if selected:
        return page.fill(selected.source, title=without_live_mark(clean_title(selected.value)))
    title, rule = title_of(page.document)
    return page.fill(rule, title=title)


@lru_cache(maxsize=512)
def clean_title(text: str, longest: int = _LONGEST) -> str:
    """Without entities (some are encoded twice), tags, invisible characters and superfluous white space."""
    text = text[: 4 * longest]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _TAG.sub("", text)
    return " ".join((text if text.isascii() else _INVISIBLE.sub("", text)).split())[:longest]


def title_of(document: Document) -> tuple[str | None, str | None]:
    """The title and its source: the majority of JSON-LD, h1 and og:title; where they all differ, what readers see."""
    found = candidates(document)
    if found.votes:
        chosen = _majority(found.votes, printed=found.printed)
        return _with_colon(found, found.votes[chosen]), chosen
    return next(((text, source) for source, text in found.named.items() if text), (None, None))


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a page's title may be, by source."""

    named: dict[str, str]
    """As the head has it, without the names of site and section."""
    votes: dict[str, str]
    """Those that are counted: JSON-LD, h1 and og, also without kickers and tails."""
    printed: bool
    """Whether the h1 stands where a headline does."""


def candidates(document: Document) -> Candidates:
    """What the title is chosen from."""
    names, sections = document.site_names, document.section_names
    known = sections | names_of_path(document.url)
    printed = frozenset(squeezed(broken_text(element)) for element in document.named("h1")[:_MOST_PRINTED])
    named = {
        source: without_live_mark(
            without_section(without_site(clean_title(text), names, known), sections, document.url, printed)
        )
        for source, text in _named(document)
    }
    heading = best_heading(document, named)
    told = named.get("json-ld", "")
    voters = {
        "json-ld": None if _is_search_title(told, document) else told,
        "h1": without_live_mark(without_site(clean_title(heading.text), names, known))
        if heading and heading.score > 0
        else None,
        "og": named.get("og"),
    }
    votes = {source: text for source, text in voters.items() if text and not is_site_name(text, names)}
    votes = _without_extras(votes, [text for text in named.values() if text])
    return Candidates(named, votes, heading is not None and heading.in_place)


def _with_colon(found: Candidates, title: str) -> str:
    """The title with the colon that another source has where the heading sets its first line apart by style alone."""
    printed = found.votes.get("h1", "")
    if squeezed(printed) != squeezed(title):
        return title
    texts = (*found.votes.values(), *found.named.values())
    return next((text for text in texts if ":" in text and text.replace(":", "").split() == printed.split()), title)


def _is_search_title(headline: str, document: Document) -> bool:
    """Whether JSON-LD calls the article's page so, too: plugins fill both with the title that is for search engines."""
    pages = (whole for node in document.article_nodes[:1] for whole in values(node, "isPartOf") if is_page(whole))
    return any(squeezed(clean_title(name)) == squeezed(headline) for page in pages for name in texts(page, "name"))


@lru_cache(maxsize=512)
def without_site(title: str, names: frozenset[str], sections: frozenset[str] = frozenset()) -> str:
    """The title without a tail, or a whole head, that is the site's name."""
    for _ in range(3):
        breaks = list(_BREAK.finditer(title))
        if not breaks:
            break
        tail, first = _site_in_tail(title, breaks, names, sections), breaks[0]
        if tail:
            title = title[: tail.start()]
        elif title[first.end() :] and is_site_name(title[: first.start()], names):
            title = title[first.end() :]
        else:
            break
    return title.strip()


def _site_in_tail(
    title: str, breaks: list[re.Match[str]], names: frozenset[str], sections: frozenset[str]
) -> re.Match[str] | None:
    """The break before the last part of a title that is the site's name, though a section or a day follow it."""
    ends = [*(found.start() for found in breaks[1:]), len(title)]
    for found, end in list(zip(breaks, ends, strict=True))[: -_PARTS_AFTER - 2 : -1]:
        if found.start() and is_site_name(title[found.end() : end], names):
            behind = _BREAK.split(title[end:])[1:]
            follows = all(squeezed(part) in sections or may_hold_date(part) for part in behind)
            return found if not behind or (follows and found.start() >= _LEAST_PRINTED) else None
    return None


def without_live_mark(title: str) -> str:
    """The title without 'Live:' and its like before it; 'Live. Love. Cook.' is left, as the stop needs capitals."""
    mark = _LIVE.match(title)
    return title[mark.end() :] if mark and (mark[2] is None or mark[1].isupper()) else title


def without_section(title: str, sections: frozenset[str], url: str, printed: frozenset[str]) -> str:
    """The title without a tail that is what the page calls its section, or if it is well set off, what its URL does.

    A page that prints it means it, and after a mere name there is another: 'Deutschland - Spanien'.
    """
    tail = _BARE_BREAK.search(title)
    if tail is None or not tail.start():
        return title
    named = squeezed(title[tail.end() :])
    if named in sections:
        return title[: tail.start()]
    told = _BREAK.match(title, tail.start()) is not None and named in names_of_path(url)
    meant = squeezed(title) in printed or _NAME_ALONE.search(title[: tail.start()]) is not None
    return title[: tail.start()] if told and not meant else title


def _named(document: Document) -> Iterator[tuple[str, str]]:
    """What the page's head calls it."""
    for node in document.article_nodes[:1]:
        for text in texts(node, "headline", "name")[:1]:
            yield "json-ld", text
    for source, *metas in (("og", "og:title"), ("twitter", "twitter:title"), ("meta", "dc.title", "title")):
        content = document.meta_content(*metas)
        if content:
            yield source, content
    if document.head_title:
        yield "title", document.head_title


def _without_extras(votes: dict[str, str], others: list[str]) -> dict[str, str]:
    """Kickers and tails off, which another source has not; cut-off ends mended."""
    known = tuple(dict.fromkeys((*votes.values(), *others)))
    spelled: dict[str, list[str]] = {}
    for text in votes.values():
        spelled.setdefault(squeezed(text), []).append(text)
    return {source: _trimmed(text, known, votes.get("h1", ""), spelled) for source, text in votes.items()}


def _trimmed(text: str, others: Sequence[str], printed: str, spelled: Mapping[str, Sequence[str]]) -> str:
    plain = squeezed(text)
    if len(printed) >= _LEAST_PRINTED and text.endswith(printed) and _KICKER.fullmatch(text[: -len(printed)]):
        return printed
    for other in others:
        short = squeezed(_CUT_OFF.sub("", other))
        if len(short) < 12 or short == plain:
            continue
        if _CUT_OFF.search(text) and _goes_on(other, squeezed(_CUT_OFF.sub("", text))):
            return other
        if (
            plain.endswith(short)
            and len(plain) - len(short) < 0.5 * len(short)
            and not _CUT_OFF.search(other)
            and _is_kicker(spelled[plain], plain[: -len(short)])
        ):
            return other
        if plain.startswith(short) and not _CUT_OFF.search(other) and _BREAK.match(text, _end(text, short)):
            return text[: _end(text, short)]
    return text


def _is_kicker(heads: Sequence[str], head: str) -> bool:
    """Whether what another source leaves out before a title is no part of it: not 'The', nor what two sources have."""
    ends = [_end(text, head) for text in heads]
    if any(_OFF.match(text, end) for text, end in zip(heads, ends, strict=True)):
        return True
    return len(heads) < 2 and (len(head) >= _SHORT or " " in heads[0][: ends[0]])


def _goes_on(other: str, begun: str) -> bool:
    """Whether a text goes on where one that was cut off ends; what is set off is no more of it."""
    return squeezed(other).startswith(begun) and not _SET_OFF.match(other, _end(other, begun))


def _end(text: str, short: str) -> int:
    """Where in `text` the squeezed `short` ends."""
    seen = 0
    for place, letter in enumerate(text):
        seen += len(letter.casefold()) if letter.isalnum() else 0
        if seen >= len(short):
            return place + 1
    return len(text)


def _majority(votes: dict[str, str], *, printed: bool) -> str:
    """The source of the title that most name; a tie goes to an h1 that is in its place."""
    plain = Counter(map(squeezed, votes.values()))
    tied = max(plain.values()) == 1
    return max(votes, key=lambda source: (plain[squeezed(votes[source])], tied and printed and source == "h1"))
