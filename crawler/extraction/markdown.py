"""Blocks as Markdown: headings, emphasis, links, lists and block quotes."""

import re
from collections.abc import Callable

from lxml.etree import _Element as Element

from crawler.extraction.blocks import BREAK, Block, Node
from crawler.extraction.html_tags import TAG_BITS
from crawler.items import Link

_EMPHASIS = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "cite": "*",
    "code": "`",
    "kbd": "`",
    "del": "~~",
    "s": "~~",
}
_LEVELS = {f"h{level}": "#" * max(2, level) for level in range(1, 7)}
_SIGNS = "\\`*_[]<>"
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_LINE_START = re.compile(r"^(?:(#{1,6}|[-+>])(?= |$)|(\d{1,9})([.)])(?= |$))")
_SPACE = re.compile(r"[ \t\r\n\f\v\xa0]+")
_URL_UNSAFE = {ord(char): f"%{ord(char):02X}" for char in ' ()<>"\\`\t\r\n'}
RELATED_LABEL = "Related article"
"""What an in-body related link is called in Markdown where the page prints no label."""

Resolve = Callable[[str], str | None]
"""An href as an absolute http(s) URL, or None."""


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text) if any(map(text.__contains__, _SIGNS)) else text


def link(title: str, url: str) -> str:
    """An inline link."""
    return f"[{escape(title)}]({url.translate(_URL_UNSAFE)})"


def related_line(item: Link) -> str:
    """The paragraph that stands for an in-body related link in `body_markdown`: `**Related article:** [title](url)`."""
    label = (item.label or RELATED_LABEL).rstrip(" :：")
    return f"**{escape(label)}:** {link(item.title or item.url, item.url)}"


def inline(block: Block, resolve: Resolve) -> str:
    """A block's text with emphasis and links."""
    if not block.marks:
        return _lines(escape("".join(block.pieces)))
    heading = block.node.tag in _LEVELS
    out: list[str] = []
    opened: list[tuple[Element, str, str, int]] = []
    marks = iter([*block.marks, (len(block.pieces), False, None)])
    done = 0
    for position, opens, element in marks:
        out.extend(escape(piece) for piece in block.pieces[done:position])
        done = max(done, position)
        if element is None:
            break
        if opens:
            before, after = _delimiters(element, resolve, bold=not heading)
            if before and any(o[1] == before for o in opened):
                before = after = ""
            opened.append((element, before, after, len(out)))
            out.append("")
        elif opened and opened[-1][0] is element:
            _close(out, opened.pop())
    while opened:
        _close(out, opened.pop())
    return _lines("".join(out))


def _lines(text: str) -> str:
    """Each of the text's lines, its white space folded, with a hard break behind it."""
    return "  \n".join(filter(None, map(_folded, text.split(BREAK))))


def _folded(line: str) -> str:
    if "  " in line or not line.isprintable():  # seldom, and quickly seen
        line = _SPACE.sub(" ", line)
    return line.strip()


def _delimiters(element: Element, resolve: Resolve, *, bold: bool) -> tuple[str, str]:
    tag = element.tag
    if tag == "a":
        url = resolve(element.get("href") or "")
        return ("[", f"]({url.translate(_URL_UNSAFE)})") if url else ("", "")
    mark = _EMPHASIS.get(str(tag), "")
    return ("", "") if mark == "**" and not bold else (mark, mark)


def _close(out: list[str], opening: tuple[Element, str, str, int]) -> None:
    """Put the delimiters close around the text: white space at its ends goes outside, empty text gets none."""
    _, before, after, place = opening
    if not before:
        return
    text = "".join(out[place + 1 :])
    inner = text.strip(f" \t\r\n\f\v\xa0{BREAK}")
    if not inner:
        return
    start = text.index(inner)
    if BREAK in inner and after == before:
        inner = BREAK.join(f"{before}{part.strip()}{after}" if part.strip() else part for part in inner.split(BREAK))
    else:
        inner = f"{before}{inner.replace(BREAK, ' ') if before == '[' else inner}{after}"
    del out[place + 1 :]
    out.append(text[:start] + inner + text[start + len(text.strip(f" \t\r\n\f\v\xa0{BREAK}")) :])


def paragraph(block: Block, resolve: Resolve) -> str:
    """One block as a Markdown paragraph, heading, list item or quote line."""
    text = inline(block, resolve)
    if block.node.tag in _LEVELS:
        return f"{_LEVELS[block.node.tag]} {text.replace(chr(10), ' ')}"
    if start := _LINE_START.match(text):
        text = (f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}") + text[start.end() :]
    item = _ancestor(block.node, "li")
    if item is not None:
        first = block.index == item.first
        marker = "1. " if item.parent is not None and item.parent.tag == "ol" else "- "
        text = (marker if first else " " * len(marker)) + text.replace("\n", "\n" + " " * len(marker))
    if block.node.above & TAG_BITS["blockquote"]:
        text = "> " + text.replace("\n", "\n> ")
    return text


def _ancestor(node: Node, tag: str) -> Node | None:
    if not node.above & TAG_BITS[tag]:
        return None
    current: Node | None = node
    while current is not None and current.tag != tag:
        current = current.parent
    return current


def join(paragraphs: list[tuple[str, Block | None]]) -> str:
    """Paragraphs as one document: items of a list and lines of a quote stay together."""
    out: list[str] = []
    previous: Block | None = None
    for text, block in paragraphs:
        if out:
            out.append(_between(previous, block, out[-1], text))
        out.append(text)
        previous = block
    return "".join(out)


def _between(previous: Block | None, block: Block | None, before: str, after: str) -> str:
    if previous is None or block is None:
        return "\n\n"
    quoted = before.startswith("> ") and after.startswith("> ")
    if quoted and _same_ancestor(previous.node, block.node, "blockquote"):
        return "\n>\n"
    if block.node.above & previous.node.above & TAG_BITS["li"] and _list_of(previous.node) is _list_of(block.node):
        return "\n"
    return "\n\n"


def _same_ancestor(one: Node, other: Node, tag: str) -> bool:
    return _ancestor(one, tag) is _ancestor(other, tag)


def _list_of(node: Node) -> Node | None:
    item = _ancestor(node, "li")
    return item.parent if item is not None else None
