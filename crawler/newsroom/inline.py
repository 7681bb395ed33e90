"""The prose banks' inline markup: `**strong**`, `*emphasis*` and `[text](url)` (a part of Markdown), to HTML and plain text."""

import re
from html import escape

_MARK = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*]+)\*|\[(?P<label>[^\]]+)\]\((?P<url>[^)]+)\)")


def plain(text: str) -> str:
    """The words alone."""
    return _MARK.sub(lambda found: found["strong"] or found["emphasis"] or found["label"], text)


def html(text: str) -> str:
    """The same as HTML."""
    return _MARK.sub(_element, escape(text, quote=False)) if "*" in text or "[" in text else escape(text, quote=False)


def _element(found: re.Match[str]) -> str:
    if found["strong"]:
        return f"<strong>{found['strong']}</strong>"
    if found["emphasis"]:
        return f"<em>{found['emphasis']}</em>"
    return f'<a href="{found["url"]}">{found["label"]}</a>'
