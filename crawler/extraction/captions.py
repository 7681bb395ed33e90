"""Captions under pictures: what is the caption, what the credit."""

import re

from crawler.extraction.agencies import OF_PICTURES
from crawler.extraction.blocks import Block
from crawler.extraction.offers import link_text

_CREDIT = re.compile(
    r"(?:^|(?<=[\s.(|–—-]))(?:\(\s*)?(?:(?:photo(?:graph)?s?|foto|fotos|photograph|image|images|picture|credit|crédit|crédits|credits|bild|"
    r"bilder|quelle|source|fuente|fonte|foto/?illustration|fotó|zdjęcie|фото|photograph by|photo by|"
    r"picture by|image by|"
    r"写真|撮影|사진|图|攝影)\s*(?:by|credit|de|von|:|：|=)+\s*|©\s*|\(c\)\s*)(.{2,120}?)\s*\)?\s*$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?:^|[.!?…)\]»”\"']\s*|\s[-–—|/(]\s*|\()((?:[^.!?()|]{2,60}?[/|,]\s*)?"
    rf"(?:{'|'.join(map(re.escape, OF_PICTURES))})"
    r"(?:\s*/\s*[^.()]{2,40}|\s+(?:Photo|Images)|/Getty Images)*)\)?\s*$"
)

_COUNTER = re.compile(r"^(?:\[\d{1,3}\s?(?:of|/)\s?\d{1,3}\]|\d{1,3}of\d{1,3}|\d{1,3}/\d{1,3}(?=[A-ZÀ-Þ]))\s*")
_CONTROLS = re.compile(
    r"(?:(?<!\w)(?:(?:toggle|hide) caption|enlarge(?: this)? image|click to (?:enlarge|expand)(?: image)?"
    r"|press enter or click to view image in full size|\+?clicca per ingrandire"
    r"|(?:purchase licensing rights,?\s?)?opens new tab"
    r"|\d{1,3} zdję(?:ć|cia|cie)|fotostrecke ansehen)"
    r"|(?:^|(?-i:(?=[A-ZÄÖ])))(?:visa? mer|vis mere|näytä lisää|show more|mehr anzeigen|ver más|voir plus)|^caption)$",
    re.IGNORECASE,
)
_CREDIT_WORD = re.compile(
    r"credit|copyright|source|quelle|fotograf|photographer|author|byline|agency|rights|courtesy", re.IGNORECASE
)


def split_credit(block: Block) -> tuple[str | None, str | None]:
    """A caption block's text as (caption, credit): by the credit's own element, else by how credits read."""
    text = _without_controls(" ".join(block.text.split()))
    names = f"{block.node.classes} {block.node.element.get('itemprop') or ''}"
    if _CREDIT_WORD.search(names) and "caption" not in names.lower():
        return None, plain_credit(text)
    inner = _without_controls(_credit_element(block) or "")
    if inner and inner != text and text.endswith(inner):
        return text[: -len(inner)].rstrip(" |/–—-(") or None, plain_credit(inner)
    if inner and inner == text:
        return None, plain_credit(text)
    if inner and text.startswith(inner):
        return text[len(inner) :].lstrip(" |/–—-:.)") or None, plain_credit(inner)
    for pattern in (_CREDIT, _AGENCY):
        match = pattern.search(text)
        if match:
            return text[: match.start(0)].rstrip(" |/–—-(") + _kept_end(text, match) or None, plain_credit(
                match.group(1)
            )
    return text or None, None


def _without_controls(text: str) -> str:
    """Without the number of the picture in its gallery, and without the buttons that open and close a caption."""
    return _CONTROLS.sub("", _COUNTER.sub("", text).strip()).strip()


def _kept_end(text: str, match: re.Match[str]) -> str:
    """The sentence's own end that the pattern took along."""
    taken = text[match.start(0) : match.start(1)].strip()
    return taken[0] if taken and taken[0] in ".!?…”»\"')" and not taken.startswith("(") else ""


def _credit_element(block: Block) -> str | None:
    """The text of the inline element whose class or place says that it is the credit."""
    for _, opens, element in block.marks:
        if opens and _CREDIT_WORD.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
            return link_text(block, element)
    last = next((element for _, opens, element in reversed(block.marks) if not opens), None)
    if last is not None and last.tag in ("b", "strong", "small", "cite", "em", "i"):
        shown = link_text(block, last)
        return shown if 0 < len(shown) < 80 and block.text.endswith(shown) else None
    return None


def plain_credit(text: str) -> str | None:
    """The credit without "Photo:", "©" and brackets."""
    match = _CREDIT.search(text)
    plain = match.group(1) if match and match.start() == 0 else text
    return plain.strip(" ()[]|:–—-") or None


def reads_as_caption(block: Block) -> bool:
    """Whether a text right under a picture ends with its credit, set in bold, small or italic type."""
    if block.size > 400 or not block.marks:
        return False
    opened = next((element for _, opens, element in reversed(block.marks) if opens), None)
    if opened is None or opened.tag not in ("b", "strong", "small", "em", "i", "cite"):
        return False
    credit = link_text(block, opened)
    before = block.text.removesuffix(credit).rstrip()
    return (
        2 < len(credit) < 70 and block.text.endswith(credit) and credit[-1] not in ".!?:" and before[-1:] in '.!?…”)»"'
    )
