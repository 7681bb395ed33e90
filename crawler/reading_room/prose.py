"""An article's Markdown → HTML in which nothing but text, emphasis and links is left."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h5", "h6": "h6"}
"""The headline is the page's only h1."""

Places = Callable[[Set[str]], Mapping[str, str]]
"""Where those of some addresses are to be found that the collection has."""


def to_html(markdown: str, places: Places) -> Markup:
    """The prose; links lead to what the collection has of them, else out of the archive, and say so."""
    tokens = _MARKDOWN.parse(markdown)
    links = [token for token in _all(tokens) if token.type == "link_open"]
    archived = places({_target(link) for link in links})
    for link in links:
        target = _target(link)
        if target in archived:
            link.attrs = {"href": archived[target]}
        elif is_web(target):
            link.attrs = {"href": target, "class": "outside", "rel": "noreferrer noopener external"}
        else:
            link.attrs = {}
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704  # rendered from text alone


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _target(link: Token) -> str:
    return str(link.attrs.get("href", ""))


@lru_cache(maxsize=4096)
def is_web(url: str | None) -> bool:
    """Whether a browser may be led there: http or https with a host, and nothing else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
