"""The HTML tags: raw text, controls, blocks, headings, and the bits and codes that stand for them."""

from crawler.extraction.class_words import Sign
from crawler.extraction.lexicon import words

RAW = words("script style noscript template iframe textarea title head object applet noframes")
CONTROLS = words("svg select option button input canvas video audio map datalist math meter progress embed")
BLOCKS = words(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul caption legend frameset amp-ad"
)
INLINES = words(
    "abbr b bdi bdo cite code data del dfn em font i ins kbd label mark picture q s samp small source "
    "span strike strong sub sup time u var wbr"
)  # fmt: skip
"""The usual ones: any other element without a hyphen in its name is one too."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
TAG_BITS = {
    name: 1 << (32 + place)
    for place, name in enumerate(
        [
            "article",
            "main",
            "aside",
            "nav",
            "footer",
            "header",
            "figure",
            "figcaption",
            "form",
            "blockquote",
            "ul",
            "ol",
            "li",
            "table",
            "section",
            "dl",
            "details",
            "h1",
        ]
    )
}
"""Bits for the tags around a block, above those of the class words."""
TAG_SIGNS: dict[str, int] = {
    **TAG_BITS,
    "nav": TAG_BITS["nav"] | Sign.NAVIGATION,
    "footer": TAG_BITS["footer"] | Sign.NAVIGATION,
    "figcaption": TAG_BITS["figcaption"] | Sign.CAPTION,
    "aside": TAG_BITS["aside"] | Sign.SIDEBAR,
}
TAG_CODES = {
    name: code
    for code, name in enumerate(
        [
            "p",
            "div",
            "li",
            "blockquote",
            "h2",
            "h3",
            "h4",
            "h1",
            "h5",
            "h6",
            "td",
            "section",
            "article",
            "figcaption",
            "pre",
            "dd",
            "dt",
            "th",
            "span",
        ],
        1,
    )
}
OTHER_TAG = 30
