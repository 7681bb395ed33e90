"""An explanation as a page of its own: a still, closed document in which nothing of the archived page comes to life.

Every archived text is escaped and stands in an element, never in markup or an attribute; addresses are shown, not
linked. The policy in the head allows the page's own style, known by its digest, and nothing else.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape

from crawler.extraction.explain import BlockFact, Explanation, Field, RelatedFact

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem } th, td { text-align: start; vertical-align: top }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #ddd; overflow-wrap: anywhere } th { font-weight: 600 }
.chosen td, .kept td { background: #e6f4e6; font-weight: 600 } .not td { color: #666 }
.kept .text { white-space: pre-line }
.why { font-style: italic; color: #555 } td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, but for tabs and line feeds; what turns the direction of the text behind it; half characters."""


def printable(text: str) -> str:
    """Archived text without what a terminal would obey, or what would lead the eye astray."""
    return _UNPRINTABLE.sub("\ufffd", text)


def explained_page(explanation: Explanation) -> str:
    """The HTML document."""
    kept = sum(block.kept for block in explanation.blocks)
    signs = [f"<tr class=not><td>{_text(sign.name)}<td class=number>{sign.weight:+}" for sign in explanation.signs]
    weighed = f"<h2>Signs</h2>\n{_table(('sign', 'hundredths of a logit'), signs)}" if signs else ""
    return f"""<!doctype html>
<html lang=en>
<meta charset=utf-8>
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name=referrer content="no-referrer">
<meta name=viewport content="width=device-width">
<title>Why a page was read as it was</title>
<style>{STYLE}</style>
<h1>{_text(explanation.verdict)}</h1>
<p>{_text(explanation.url)}
<p>Read as {_text(explanation.charset)} by {_text(explanation.extractor)}.
<h2>Fields</h2>
{_table(("field", "source", "value"), (row for field in explanation.fields for row in _field(field)))}
{weighed}
<h2>Blocks</h2>
<p>{kept:,} of {len(explanation.blocks):,} kept, from {_text(explanation.body_source)}.
Above {explanation.threshold} the trees keep them.
{_table(("block", "probability", "rule", "where", "text"), map(_block, explanation.blocks))}
<h2>Related links</h2>
<p>{len(explanation.related):,}
{_table(("block", "rule", "kind", "label", "title", "address"), map(_related, explanation.related))}
"""


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{name}" for name in heads)
    return "\n".join(("<table>", f"<tr>{head}", *rows, "</table>"))


def _field(field: Field) -> Iterable[str]:
    candidates = [(item.chosen, item.source, item.value) for item in field.candidates]
    if not any(chosen for chosen, _, _ in candidates):
        candidates.insert(0, (field.value is not None, field.source or "", field.value or "none"))
    for place, (chosen, source, value) in enumerate(candidates):
        name = _text(field.name) if place == 0 else ""
        yield f"<tr class={'chosen' if chosen else 'not'}><td>{name}<td>{_text(source)}<td>{_text(value)}"
    yield f"<tr><td><td><td class=why>{_text(field.why)}"


def _block(block: BlockFact) -> str:
    numbers = f"<td class=number>{block.index}<td class=number>{block.probability:.3f}"
    texts = f"<td>{_text(block.rule)}<td>{_text(block.where)}<td class=text>{_text(block.text)}"
    return f"<tr class={'kept' if block.kept else 'not'}>{numbers}{texts}"


def _related(link: RelatedFact) -> str:
    texts = (link.rule, link.kind, link.label or "", link.title or "", link.url)
    return f"<tr class=kept><td class=number>{link.block}{''.join(f'<td>{_text(text)}' for text in texts)}"


def _text(text: str) -> str:
    """Archived text as an element of its own, whose direction does not reach beyond it."""
    return f"<bdi>{escape(printable(text))}</bdi>"
