"""Query parameters that only tell where a click came from: an address without them is the same page."""

import re
from urllib.parse import urlsplit, urlunsplit

_CLICK = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|at_\w+|ns_\w+|wt_\w+|itm_\w+|int_(?:source|medium|campaign|content|term|id)|_hs\w+|mc_[ce]id"
    r"|_ga|_gl|[gwd]clid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|mkt_tok|xtor|ocid|icid|maca|taid|cmp|cmpid"
    r"|ito|smid|spm|ftag|mbid|ncid|s_cid|sref|soc_src|soc_trk|ref|ref_src|ref_url|referrer|source_ref|traffic_source"
    r"|__twitter_impression",
    re.IGNORECASE,
)

_BARE = re.compile(r"https?://[^?#\s]+")
"""An address that needs not be taken apart."""


def is_click(name: str) -> bool:
    """Whether the parameter only tells where a click came from."""
    return _CLICK.fullmatch(name) is not None


def untracked(url: str) -> str:
    """The same address without the marks of a click and without fragment, otherwise as it is."""
    if _BARE.fullmatch(url):
        return url
    parts = urlsplit(url)
    kept = (pair for pair in parts.query.split("&") if not is_click(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(kept), ""))
